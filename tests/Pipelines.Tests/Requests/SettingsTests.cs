using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>The one record of settings: every member has its line, and one rule merges all.</summary>
public sealed class SettingsTests
{
    private static readonly GenerationSettings Full = new()
    {
        Prompt = "a",
        NegativePrompt = "b",
        Seed = 1,
        Width = 2,
        Height = 3,
        Frames = 4,
        Rate = new FrameRate(5),
        Steps = 6,
        GuidanceScale = 7,
        DynamicGuidance = true,
        Sampler = SamplerKind.Dpm,
        Dtype = NoiseDtype.Bf16,
        MaxSequenceLength = 8,
        VaeTiling = TilingMode.Off,
        Strength = 0.25,
        Fit = ImageFit.Pad,
        ImageLatentScale = 1.5,
        BatchSize = 3,
        BatchRow = 2,
        AnySize = true,
        Cache = StepCaching.Pyramid(3, 0.5, 700),
    };

    [Fact]
    public void EveryMemberIsListedOnce()
    {
        string[] members = [.. typeof(GenerationSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite).Select(property => property.Name)];
        Assert.Equal(members.Order(), GenerationSettings.All.Select(setting => setting.Property).Order());
        Assert.Distinct(GenerationSettings.All.Select(setting => setting.Name));
    }

    [Fact]
    public void EachIsReadAndSetByItsLine()
    {
        foreach (Setting setting in GenerationSettings.All)
        {
            object value = setting.Of(Full)!;
            Assert.Equal(typeof(GenerationSettings).GetProperty(setting.Property)!.GetValue(Full), value);
            GenerationSettings alone = setting.With(new GenerationSettings(), value);
            Assert.Equal([setting], GenerationSettings.All.Where(other => other.Of(alone) is not null));
            Assert.Equal(alone, setting.WithJson(new GenerationSettings(), setting.ToJson(Full)!.DeepClone()), Same(setting));
        }
    }

    [Fact]
    public void WhatIsGivenIsStrongerAndWhatIsOpenIsFilled()
    {
        GenerationSettings given = new() { Steps = 9, Prompt = "" };
        GenerationSettings merged = given.Or(Full);
        Assert.Equal((9, "", 7.0, 1UL), (merged.Steps, merged.Prompt, merged.GuidanceScale, merged.Seed));
        Assert.Equal(Full, Full.Or(given));
        Assert.Equal(Full, new GenerationSettings().Or(Full));
    }

    [Fact]
    public void ARequestStaysOneThroughMerging()
    {
        var latents = new VideoLatents([1], [1, 1, 1, 1, 1]);
        var merged = Assert.IsType<GenerationRequest>(new GenerationRequest("x") { InitLatents = latents }.Or(Full));
        Assert.Equal(("x", latents, 6), (merged.Prompt, merged.InitLatents, merged.Steps));
    }

    // As a server does it.
    [Fact]
    public void ARequestIsBoundFromJson()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
        GenerationRequest? request = JsonSerializer.Deserialize<GenerationRequest>(
            """{"prompt": "a red circle", "width": 64, "guidance_scale": 2.5, "sampler": "dpm", "rate": 24}""", options);
        Assert.Equal(
            new GenerationRequest("a red circle") { Width = 64, GuidanceScale = 2.5, Sampler = SamplerKind.Dpm, Rate = new FrameRate(24) },
            request);
    }

    public static TheoryData<string> Serializers => ["plain", "web", "generated"];

    // A client says on the wire what a user says on a command line.
    [Theory]
    [MemberData(nameof(Serializers))]
    public void WordsAndRatesAreBoundAsTheyAreSaid(string serializer)
    {
        var asked = new GenerationRequest("a") { Sampler = SamplerKind.Dpm, VaeTiling = TilingMode.On, Dtype = NoiseDtype.Bf16 };
        foreach ((string rate, FrameRate expected) in new (string, FrameRate)[]
        {
            ("8", new(8)), ("\"8\"", new(8)), ("\"8/1\"", new(8)), ("29.97", new(2997, 100)), ("\"30000/1001\"", new(30000, 1001)),
        })
        {
            string json = $$"""{"prompt": "a", "sampler": "dpm", "vaeTiling": "On", "dtype": "bf16", "rate": {{rate}}}""";
            Assert.Equal(asked with { Rate = expected }, Read(serializer, json));
        }
        Assert.Equal(new GenerationRequest("a"), Read(serializer, """{"prompt": "a", "sampler": null, "rate": null}"""));
    }

    [Theory]
    [InlineData("sampler", "\"eular\"", "'sampler' is \"eular\", not one of ddim, dpm, euler, euler-ancestral, heun, unipc, dpm++2m")]
    [InlineData("sampler", "1", "'sampler' is 1, not a text")]
    [InlineData("vaeTiling", "\"maybe\"", "'vae-tiling' is \"maybe\", not one of auto, on, off")]
    [InlineData("dtype", "[]", "'dtype' is [], not a text")]
    [InlineData("cache", "\"some\"", "'cache' is \"some\", not a cache such as none, first-block:0.05 or pyramid:2,100,800")]
    [InlineData("cache", "true", "'cache' is true, not a text")]
    [InlineData("rate", "0", "'fps' is 0, not a frame rate such as 8")]
    [InlineData("rate", "\"8/0\"", "'fps' is \"8/0\", not a frame rate such as 8")]
    [InlineData("rate", "{\"numerator\": 8}", "not a text")]
    public void WordsThatSettingsDontHaveAreRefusedWithThoseThatTheyDo(string property, string value, string says)
    {
        foreach (string serializer in new[] { "plain", "web", "generated" })
        {
            string json = $$"""{"prompt": "a", "{{property}}": {{value}}}""";
            var refusal = Assert.Throws<JsonException>(() => Read(serializer, json));
            Assert.Contains(says, refusal.Message);
            Assert.Equal($"$.{property}", refusal.Path);
        }
    }

    [Theory]
    [MemberData(nameof(Serializers))]
    public void WhatIsWrittenComesBack(string serializer)
    {
        var request = (GenerationRequest)new GenerationRequest("a").Or(Full);
        string json = serializer == "generated"
            ? JsonSerializer.Serialize(request, SettingsContext.Default.GenerationRequest)
            : JsonSerializer.Serialize(request, OptionsOf(serializer));
        Assert.Equal(request, Read(serializer, json));
        Assert.Contains("\"30000/1001\"", JsonSerializer.Serialize(new FrameRate(30000, 1001)));
    }

    private static GenerationRequest? Read(string serializer, string json) => serializer == "generated"
        ? JsonSerializer.Deserialize(json, SettingsContext.Default.GenerationRequest)
        : JsonSerializer.Deserialize<GenerationRequest>(json, OptionsOf(serializer));

    // A property that there isn't is refused where the server says so; what we write must pass there, too.
    private static JsonSerializerOptions OptionsOf(string serializer) =>
        new(serializer == "web" ? JsonSerializerDefaults.Web : JsonSerializerDefaults.General)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };

    [Fact]
    public void AFileOfTheFirstVersionLacksNothingThatItHadToHave()
    {
        GenerationMetadata metadata = Full.ToMetadata("shapes");
        Assert.Equal(Full, GenerationSettings.From(metadata));
        var less = metadata.Settings.Where(entry => entry.Key != "steps").ToDictionary();
        Assert.Equal(
            "'steps' is missing", Assert.Throws<FormatException>(() => GenerationSettings.From(metadata with { Settings = less })).Message);
    }

    private static EqualityComparer<GenerationSettings> Same(Setting setting) =>
        EqualityComparer<GenerationSettings>.Create((a, b) => Equals(setting.Of(a!), setting.Of(b!)));
}

/// <summary>As programs have it that are compiled ahead of time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(GenerationRequest))]
internal sealed partial class SettingsContext : JsonSerializerContext;
