using System.Text.Json.Nodes;
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
        string model = folder.CopyOf(TestModels.Tiny5b);
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

    // Nobody gave it: the file is to blame, and no property of the request.
    [Theory]
    [InlineData("width", "50", "'width'", "50 isn't a multiple of 16")]
    [InlineData("num_frames", "10", "'frames'", "10 isn't 8·N + 1")]
    [InlineData("num_inference_steps", "5000", "'steps'", "5000 steps can't be taken")]
    [InlineData("fps", "3.14159265358979", "'fps'", "no file can hold")]
    public void DefaultOfTheFolderThatTheModelCantDoIsToldOfItsFile(string key, string value, string name, string problem)
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b), file = Path.Combine(model, "generation_config.json");
        File.WriteAllText(file, $$"""{"{{key}}": {{value}}}""");
        string message = Assert.Throws<ModelException>(() => Resolve(model, new GenerationRequest("a cat"))).Message;
        Assert.StartsWith($"{file}: ", message);
        Assert.Contains(name, message);
        Assert.Contains(problem, message);
        GenerationRequest given = new("a cat") { Width = 64, Frames = 9, Steps = 2, Rate = new FrameRate(8) };
        Assert.Equal((64, 9, 2), (Resolve(model, given).Width, Resolve(model, given).Frames, Resolve(model, given).Steps));
        if (key == "width")
        {
            var refusal = Assert.Throws<RequestException>(() => Resolve(model, given with { Width = 50 }));
            Assert.Equal(nameof(GenerationRequest.Width), refusal.Property);
        }
    }

    [Fact]
    public void DefaultOfTheConfigsThatTheModelCantDoIsToldOfItsFolder()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b), file = Path.Combine(model, "transformer", "config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config["sample_frames"] = 10;
        File.WriteAllText(file, config.ToJsonString());
        string message = Assert.Throws<ModelException>(() => Resolve(model, new GenerationRequest("a cat"))).Message;
        Assert.StartsWith($"{model}: the default of its configs for 'frames' can't be: 10 isn't", message);
        Assert.Equal(9, Resolve(model, new GenerationRequest("a cat") { Frames = 9 }).Frames);
    }

    // A schedule is checked by the config's reader and again by the sampler: whoever finds it names the file in its folder.
    [Theory]
    [InlineData("num_train_timesteps", "1")]
    [InlineData("beta_schedule", "\"linear\"")]
    [InlineData("timestep_spacing", "\"linspace\"")]
    [InlineData("prediction_type", "\"epsilon\"")]
    [InlineData("beta_end", "0.00085")]
    public void ScheduleThatCantBeIsToldOfItsFile(string key, string value)
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(TestModels.Tiny2b), file = Path.Combine(model, "scheduler", "scheduler_config.json");
        JsonObject config = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        config[key] = JsonNode.Parse(value);
        File.WriteAllText(file, config.ToJsonString());
        string message = Assert.Throws<ModelException>(() =>
        {
            using var pipeline = CogVideoXPipeline.Open(model);
            pipeline.Plan(TestModels.Quick);
        }).Message;
        Assert.StartsWith(file, message);
        Assert.Contains(key, message);
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
