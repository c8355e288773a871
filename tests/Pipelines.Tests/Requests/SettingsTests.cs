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
            """{"prompt": "a red circle", "width": 64, "guidance_scale": 2.5, "sampler": "dpm", "rate": {"numerator": 24}}""", options);
        Assert.Equal(
            new GenerationRequest("a red circle") { Width = 64, GuidanceScale = 2.5, Sampler = SamplerKind.Dpm, Rate = new FrameRate(24) },
            request);
    }

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
