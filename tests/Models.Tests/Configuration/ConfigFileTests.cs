using System.Text;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Tests.Weights;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class ConfigFileTests
{
    // Pieces of configs, so that random ones get past the first brace.
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ",", "\"num_layers\"", "\"block_out_channels\"", "\"d_model\"", "\"_class_name\"", "\"beta_start\"",
        "0", "2", "-1", "1e400", "true", "null", "\"x\"", "NaN", "\u0001",
    ];

    [Theory]
    [InlineData("", "isn't valid JSON")]
    [InlineData("[1]", "is a JSON Array, not an object")]
    [InlineData("{", "isn't valid JSON")]
    [InlineData("""{"a": NaN}""", "isn't valid JSON")]
    [InlineData("""{"a": 1, "a": 2}""", "isn't valid JSON")]
    [InlineData("""{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}""", "isn't valid JSON")]
    public void WhatIsNoConfigIsRefused(string text, string says)
    {
        string message = Assert.Throws<ConfigException>(() => ConfigText.Of(text)).Message;
        Assert.StartsWith("config.json ", message);
        Assert.Contains(says, message);
    }

    [Fact]
    public void MissingAndHugeFilesAreNamed()
    {
        using var folder = new TempFolder();
        Assert.Contains("doesn't exist", Error(folder["config.json"]));
        Assert.Contains("doesn't exist", Error(folder["none", "config.json"]));
        File.WriteAllBytes(folder["config.json"], new byte[(1 << 20) + 1]);
        Assert.Contains("has 1048577 bytes; such a file has at most 1048576", Error(folder["config.json"]));
        File.WriteAllBytes(folder["config.json"], []);
        Assert.StartsWith($"{folder["config.json"]} is empty", Error(folder["config.json"]));
        Directory.CreateDirectory(folder["dir"]);
        Assert.StartsWith(folder["dir"], Error(folder["dir"]));
    }

    [Theory]
    [InlineData("{\"act_fn\": \"\u00ff\"}", "isn't UTF-8 text (byte 12 is 0xFF)")]
    [InlineData("{\"\u00fe\": 1}", "isn't UTF-8 text")]
    [InlineData("{\"act_fn\": \"\\ud800\"}", "half of a character")]
    [InlineData("{\"\\ud800\": 1}", "half of a character")]
    [InlineData("\u00ff\u00fe{\0}\0", "isn't UTF-8 text but UTF-16")]
    [InlineData("version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer")]
    [InlineData("<!DOCTYPE html>", "is a web page")]
    public void TextThatCantBeReadIsRefused(string latin1, string says)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["config.json"], latin1, Encoding.Latin1);
        string path = folder["config.json"];
        Action[] readers =
        [
            () => TransformerConfig.Read(path), () => VaeConfig.Read(path), () => T5Config.Read(path), () => SchedulerConfig.Read(path),
            () => GenerationConfig.Read(path),
        ];
        foreach (Action read in readers)
        {
            string message = Assert.Throws<ConfigException>(read).Message;
            Assert.StartsWith($"{folder["config.json"]} ", message);
            Assert.Contains(says, message);
        }
    }

    [Fact]
    public void AByteOrderMarkIsSkipped()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["config.json"], "{\"num_layers\": 3}", Encoding.UTF8);
        Assert.Equal(0xEF, File.ReadAllBytes(folder["config.json"])[0]);
        Assert.Equal(3, TransformerConfig.Read(folder["config.json"]).Layers);
    }

    [Theory]
    [InlineData("""{"act_fn": "\u001b[2J\u0007\n"}""", "'act_fn' is \"\\u001b[2J\\u0007\\n\"; it should be")]
    [InlineData("{\"act_fn\": \"\u009b2J\u202e\u2028\"}", "'act_fn' is \"\\u009B2J\\u202E\\u2028\"; it should be")]
    [InlineData("{\"block_out_channels\": [\n  8,\n  \"\u007f\"\n]}", "'block_out_channels' is [8,\"\\u007F\"]; it should be")]
    [InlineData("{\"in_channels\": {\n\"a\u009b\": 1}}", "'in_channels' is {\"a\\u009B\":1}; it should be")]
    public void ValuesDontReachATerminalAsTheyAre(string text, string says) =>
        Assert.Contains(says, Assert.Throws<ConfigException>(() => VaeConfig.Read(ConfigText.Of(text))).Message);

    [Theory]
    [InlineData("{\"a\u009b\": 1, \"a\u009b\": 1}")]
    [InlineData("{\"a\u009b\": \n\u009b}")]
    [InlineData("\u001b")]
    public void NorDoNamesAndRubbish(string text) =>
        Assert.DoesNotContain(Assert.Throws<ConfigException>(() => ConfigText.Of(text)).Message, char.IsControl);

    [Fact]
    public void NorDoPaths()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There are no such names.");
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["a\u001b[2J\nb"]);
        Assert.Contains("a\\u001B[2J\\u000Ab", Error(folder["a\u001b[2J\nb", "config.json"]));
        Assert.DoesNotContain(Error(folder["a\u001b[2J\nb"]), char.IsControl);
    }

    [Fact]
    public void LongValuesAreCutInMessages()
    {
        ConfigFile file = ConfigText.Of($$"""{"a": "{{new string('x', 5000)}}"}""");
        Assert.True(Assert.Throws<ConfigException>(() => file.Int("a", 0, 0, 1)).Message.Length < 300);
    }

    [Fact]
    public void RandomTextIsReadOrRefused()
    {
        var texts = Gen.ListOf(Gen.Elements(Pieces)).Select(pieces => "{" + string.Concat(pieces) + "}");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(texts.ToArbitrary(), text =>
        {
            Try(() => TransformerConfig.Read(ConfigText.Of(text)));
            Try(() => VaeConfig.Read(ConfigText.Of(text)));
            Try(() => T5Config.Read(ConfigText.Of(text)));
            Try(() => SchedulerConfig.Read(ConfigText.Of(text)));
        }));
    }

    private static void Try(Action read)
    {
        try
        {
            read();
        }
        catch (ConfigException)
        {
            // The only refusal that there may be.
        }
    }

    private static string Error(string path) => Assert.Throws<ConfigException>(() => ConfigFile.Read(path)).Message;
}
