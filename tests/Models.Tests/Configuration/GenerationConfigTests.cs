using CogVideoX.Models.Configuration;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class GenerationConfigTests
{
    [Fact]
    public void ReadsTheBundledModelsSettings()
    {
        GenerationConfig config = GenerationConfig.Read(Path.Combine(Golden.Root, "models", "shapes", "generation_config.json"));
        var expected = new GenerationConfig
        {
            Steps = 50,
            GuidanceScale = 4,
            Frames = 17,
            Height = 64,
            Width = 64,
            FramesPerSecond = 8,
            Scheduler = SchedulerKind.Ddim,
            DynamicGuidance = false,
        };
        Assert.Equal(expected, config with { PromptWords = null });
        Assert.Contains("triangle", config.PromptWords!);
    }

    [Theory]
    [InlineData("num_inference_steps", "0", "whole number")]
    [InlineData("guidance_scale", "-1", "number from 0")]
    [InlineData("num_frames", "\"17\"", "whole number")]
    [InlineData("height", "0", "whole number")]
    [InlineData("width", "1e9", "whole number")]
    [InlineData("fps", "0", "number from")]
    [InlineData("scheduler", "\"Euler\"", "\"CogVideoXDDIMScheduler\" or")]
    [InlineData("use_dynamic_cfg", "0", "true or false")]
    [InlineData("prompt_words", "\"red\"", "a list of")]
    [InlineData("prompt_words", "[1]", "a list of")]
    public void AbsurdValuesAreRefused(string key, string value, string says) =>
        ConfigText.Refused(() => GenerationConfig.Read(ConfigText.Of($$"""{"{{key}}": {{value}}}""")), key, says);

    [Fact]
    public void ReleasedModelsAreRecognisedByTheirTransformer()
    {
        TransformerConfig small = TransformerConfig.Read(ConfigText.Of("{}"));
        TransformerConfig large = small with { Layers = 42, Heads = 48, Rotary = true };
        TransformerConfig newer = large with { TemporalPatchSize = 2 };

        Assert.Equal((SchedulerKind.Ddim, false, 49, 480, 720), Chosen(small));
        Assert.Equal((SchedulerKind.Dpm, true, 49, 480, 720), Chosen(large));
        Assert.Equal((SchedulerKind.Dpm, true, 81, 768, 1360), Chosen(newer));
        Assert.Equal(
            (6.0, 50, 8.0),
            (ReleasedModels.Find(large)!.GuidanceScale, ReleasedModels.Find(large)!.Steps, ReleasedModels.Find(large)!.FramesPerSecond));
        Assert.Equal("CogVideoX-5b-I2V", ReleasedModels.NameOf(large with { InChannels = 32, LearnedPositions = true }));
        Assert.Equal("CogVideoX1.5-5B-I2V", ReleasedModels.NameOf(newer with { InChannels = 32 }));
        Assert.Null(ReleasedModels.Find(small with { Layers = 6 }));
        Assert.Null(ReleasedModels.NameOf(small with { Layers = 6 }));
    }

    private static (SchedulerKind?, bool?, int?, int?, int?) Chosen(TransformerConfig config)
    {
        GenerationConfig found = ReleasedModels.Find(config)!;
        return (found.Scheduler, found.DynamicGuidance, found.Frames, found.Height, found.Width);
    }
}
