using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Pipelines.Tests.Media;

public class MetadataTests
{
    private static readonly string[] Awkward =
    [
        "\"", "'", "\\", "\n", "\r\n", "%", "%0A", ";", "=", "#", "[STREAM]", "🎬", "é", "円", "\0", "\u007F", "\uFFFE", "]]>", "&lt;",
        "<", "FRAME", " ", "comment=",
    ];

    public static TheoryData<string> Endings => [".png", "/", ".y4m", ".safetensors", ".mp4", ".mov", ".mkv", ".webm", ".gif", ".webp"];

    [Theory]
    [MemberData(nameof(Endings))]
    public void Every_format_gives_the_settings_back(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        TestVideos.Drifting().SaveAs(folder["clip"] + ending, TestVideos.Rate, TestVideos.Metadata);
        AssertSame(TestVideos.Metadata, VideoMetadata.Read(folder["clip"] + ending));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Long_settings_come_back_too(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        var metadata = TestVideos.Metadata with { Prompt = string.Concat(Enumerable.Repeat("a 'red' = circle; 円 ", 800)) };
        TestVideos.Drifting(1).SaveAs(folder["clip"] + ending, TestVideos.Rate, metadata);
        AssertSame(metadata, VideoMetadata.Read(folder["clip"] + ending));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_video_without_settings_says_so(string ending)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        TestVideos.Drifting(1).SaveAs(folder["clip"] + ending, TestVideos.Rate);
        var error = Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder["clip"] + ending));
        Assert.Contains("holds no settings", error.Message);
    }

    [Fact]
    public void Any_text_survives_as_json_line() => Check.QuickThrowOnFailure(Prop.ForAll(AnyText(), text =>
    {
        var metadata = With(text);
        string json = metadata.ToJson();
        Assert.All(json, letter => Assert.InRange(letter, ' ', '~'));
        AssertSame(metadata, GenerationMetadata.Parse(json));
    }));

    [Theory]
    [InlineData(".png", 100)]
    [InlineData(".y4m", 100)]
    [InlineData(".safetensors", 100)]
    [InlineData(".mp4", 3)]
    [InlineData(".mov", 3)]
    [InlineData(".mkv", 3)]
    [InlineData(".webm", 3)]
    [InlineData(".gif", 3)]
    [InlineData(".webp", 3)]
    public void Any_text_survives_in_a_file(string ending, int samples)
    {
        Tools.RequireFor(ending);
        using var folder = new TestFolder();
        var video = TestVideos.Drifting(2, 16, 16);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(samples), Prop.ForAll(AnyText(), text =>
        {
            video.SaveAs(folder["clip"] + ending, TestVideos.Rate, With(text), overwrite: true);
            AssertSame(With(text), VideoMetadata.Read(folder["clip"] + ending));
        }));
    }

    [Theory]
    [InlineData("clip.png")]
    [InlineData("clip.gif")]
    [InlineData("clip.webp")]
    [InlineData("clip.safetensors")]
    [InlineData("clip.mp4")]
    public void A_file_that_is_something_else_is_refused(string name)
    {
        Tools.RequireFor(Path.GetExtension(name));
        using var folder = new TestFolder();
        string cutPng = "\u0089PNG\r\n\u001A\n\0\0\u00FF\u00FFiTXt....";
        foreach (string content in new[] { "", "GIF89a", "RIFF\0\0\0\0WEBP", cutPng, new string('x', 1000) })
        {
            File.WriteAllText(folder[name], content, Encoding.Latin1);
            var error = Assert.Throws<MetadataException>(() => VideoMetadata.Read(folder[name]));
            Assert.StartsWith($"'{folder[name]}': ", error.Message);
        }
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<MetadataException>(() => VideoMetadata.Read("/nowhere/clip.png"));
        Assert.Equal("'/nowhere/clip.png': there is no such file", error.Message);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"generator":"another program","prompt":"x"}""")]
    [InlineData("""{"generator":"CogVideoX for .NET 0.1.0","prompt":"x","negative_prompt":"","seed":-1,"settings":{}}""")]
    [InlineData("""{"generator":"CogVideoX for .NET 0.1.0","prompt":"x","negative_prompt":"","seed":1,"settings":[]}""")]
    [InlineData("""{"generator":"CogVideoX for .NET 0.1.0","prompt":"x","prompt":"y","negative_prompt":"","seed":1,"settings":{}}""")]
    public void Json_that_is_not_ours_is_refused(string json) =>
        Assert.Throws<FormatException>(() => GenerationMetadata.Parse(json));

    [Fact]
    public void Settings_too_long_for_a_command_line_are_refused_before_the_work()
    {
        Tools.RequireFfmpeg();
        using var folder = new TestFolder();
        var metadata = TestVideos.Metadata with { Prompt = new string('a', 40_000) };
        var shape = TestVideos.Shape(TestVideos.Drifting());
        var error = Assert.Throws<OutputException>(() => VideoSink.Check(folder["clip.mp4"], shape, metadata));
        Assert.Contains("too long", error.Message);
        TestVideos.Drifting().SaveAs(folder["clip.png"], TestVideos.Rate, metadata);
        AssertSame(metadata, VideoMetadata.Read(folder["clip.png"]));
    }

    private static GenerationMetadata With(string text) =>
        new(text, text + text, 42, new Dictionary<string, JsonNode?> { [text] = text, ["steps"] = 50 });

    // Half-pairs of surrogates are no text: nothing that comes from a command line or a UTF-8 file has them.
    private static Arbitrary<string> AnyText() => Arb.From(
        from pieces in Gen.Elements(Awkward).Or(ArbMap.Default.GeneratorFor<string>()).ListOf()
        select Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(string.Concat(pieces))));

    private static void AssertSame(GenerationMetadata expected, GenerationMetadata actual)
    {
        Assert.Equal(expected.Prompt, actual.Prompt);
        Assert.Equal(expected.NegativePrompt, actual.NegativePrompt);
        Assert.Equal(expected.Seed, actual.Seed);
        Assert.Equal(expected.Settings.Keys, actual.Settings.Keys);
        foreach (var (name, value) in expected.Settings)
            Assert.Equal(value?.ToJsonString(), actual.Settings[name]?.ToJsonString());
    }
}
