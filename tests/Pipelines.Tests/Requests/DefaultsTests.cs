using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Requests;

/// <summary>Where a setting comes from: option, else generation_config.json, else the table of released models, else the configs.</summary>
public sealed class DefaultsTests
{
    private const string OwnConfig = """
        {"num_inference_steps": 7, "guidance_scale": 3.5, "num_frames": 17, "height": 32, "width": 48, "fps": 12.5,
         "scheduler": "CogVideoXDPMScheduler", "use_dynamic_cfg": true}
        """;

    [Fact]
    public void ConfigsDecideWhereNothingElseDoes()
    {
        GenerationSettings settings = Resolve(TestModels.Tiny2b, new GenerationRequest("a cat"));
        Assert.Equal((96, 64, 9), (settings.Width, settings.Height, settings.Frames));
        Assert.Equal((50, 6.0, false), (settings.Steps, settings.GuidanceScale, settings.DynamicGuidance));
        Assert.Equal((SamplerKind.Ddim, NoiseDtype.Fp32, 26), (settings.Sampler, settings.Dtype, settings.MaxSequenceLength));
        Assert.Equal((new FrameRate(8), 42UL, ""), (settings.Rate, settings.Seed, settings.NegativePrompt));
        Assert.Equal(SamplerKind.Dpm, Resolve(TestModels.Tiny5b, new GenerationRequest("a cat")).Sampler);
    }

    [Fact]
    public void FoldersOwnConfigIsStrongerThanItsParts()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b);
        File.WriteAllText(Path.Combine(model, "generation_config.json"), OwnConfig);
        GenerationSettings settings = Resolve(model, new GenerationRequest("a cat"));
        Assert.Equal((48, 32, 17), (settings.Width, settings.Height, settings.Frames));
        Assert.Equal((7, 3.5, true), (settings.Steps, settings.GuidanceScale, settings.DynamicGuidance));
        Assert.Equal((SamplerKind.Dpm, new FrameRate(25, 2)), (settings.Sampler, settings.Rate));
    }

    [Fact]
    public void OptionsAreStrongerThanEverything()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b);
        File.WriteAllText(Path.Combine(model, "generation_config.json"), OwnConfig);
        GenerationSettings settings = Resolve(model, new GenerationRequest("a cat")
        {
            Width = 64,
            Height = 64,
            Frames = 1,
            Rate = new FrameRate(24),
            Steps = 2,
            GuidanceScale = 1,
            DynamicGuidance = false,
            Sampler = SamplerKind.Ddim,
            Dtype = NoiseDtype.Fp16,
            MaxSequenceLength = 20,
            VaeTiling = TilingMode.On,
        });
        Assert.Equal((64, 64, 1), (settings.Width, settings.Height, settings.Frames));
        Assert.Equal((2, 1.0, false), (settings.Steps, settings.GuidanceScale, settings.DynamicGuidance));
        Assert.Equal((SamplerKind.Ddim, NoiseDtype.Fp16, 20), (settings.Sampler, settings.Dtype, settings.MaxSequenceLength));
        Assert.Equal((new FrameRate(24), TilingMode.On), (settings.Rate, settings.VaeTiling));
    }

    [Fact]
    public void ReleasedModelIsRecognisedByItsTransformer()
    {
        using var folder = new TemporaryFolder();
        GenerationSettings settings = Resolve(Released(folder, "5b", DType.BF16), Typed);
        Assert.Equal((720, 480, 49), (settings.Width, settings.Height, settings.Frames));
        Assert.Equal((SamplerKind.Dpm, true), (settings.Sampler, settings.DynamicGuidance));
    }

    [Fact]
    public void TableIsStrongerThanTheSchedulerConfigAndTheFolderThanTheTable()
    {
        using var folder = new TemporaryFolder();
        string model = Released(folder, "5b", DType.F16);
        Assert.Equal(SchedulerKind.Ddim, ModelFolder.Open(model).Scheduler.Kind);
        File.WriteAllText(Path.Combine(model, "generation_config.json"), """{"num_frames": 9, "use_dynamic_cfg": false}""");
        GenerationSettings settings = Resolve(model, Typed);
        Assert.Equal((9, false), (settings.Frames, settings.DynamicGuidance));
        Assert.Equal((SamplerKind.Dpm, 480), (settings.Sampler, settings.Height));
    }

    [Fact]
    public void SizeOfTheFolderThatTheModelCantDoIsRefusedToo()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b);
        File.WriteAllText(Path.Combine(model, "generation_config.json"), """{"width": 50}""");
        Assert.Equal(
            nameof(GenerationRequest.Width),
            Assert.Throws<RequestException>(() => Resolve(model, new GenerationRequest("a cat"))).Property);
    }

    // With the type of its noise, which would otherwise be looked for in weights that aren't there.
    private static GenerationRequest Typed => new("a cat") { Dtype = NoiseDtype.Bf16 };

    private static GenerationSettings Resolve(string folder, GenerationRequest request)
    {
        using var model = LoadedModel.Open(folder);
        return RequestResolver.Resolve(request, model);
    }

    // The configs of a released model with a transformer of one weight: enough to decide everything but memory.
    private static string Released(TemporaryFolder folder, string preset, DType type)
    {
        string path = folder.File(preset);
        new Preset(preset).WriteConfigs(path);
        SafetensorsWriter.Write(
            Path.Combine(path, "transformer", "diffusion_pytorch_model.safetensors"),
            [new TensorSource("weight", type, [8], (_, _) => { })]);
        return path;
    }
}
