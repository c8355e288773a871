using System.Text.Json;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Loras;

/// <summary>Whole runs with adapters: against diffusers' (tests/Goldens/lora), by their plans, and as videos tell of them.</summary>
public sealed class LoraRunTests
{
    private static readonly LoraOptions StyleAndMotion = new()
    {
        Adapters = [new Lora(Golden.Path("lora/style"), 0.6), new Lora(Golden.Path("lora/motion"))],
    };

    public static TheoryData<string, bool> Runs()
    {
        var runs = new TheoryData<string, bool> { { "lora-base", false } };
        foreach (string name in new[] { "lora-style", "lora-style-motion", "lora-style-as-library-loads-it", "lora-2b-drift" })
        {
            runs.Add(name, false);
            runs.Add(name, true);
        }
        runs.Add("lora-style-motion-fused", true);
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void AgreesAtEveryStep(string name, bool merge)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(GoldenCase.Lora, name);
        using SafetensorsFile goldens = golden.Open();
        LoraOptions loras = Adapters(golden, folder) with { Merge = merge };
        using CogVideoXPipeline pipeline = Open(golden, loras);
        int predictions = 0;
        pipeline.OutputObserver = (step, output) =>
        {
            Agree.With(goldens[$"noise_pred.{step}"], output, $"{name} transformer output at step {step}", Agree.Pipeline);
            predictions++;
        };
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        GenerationResult result = pipeline.Generate(golden.Request(), files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        for (int step = 0; step < 3; step++)
            Agree.With(goldens[$"latents.{step}"], trace[$"latents.{step}"], $"{name} latents after step {step}", Agree.Pipeline);
        Assert.Equal(3, predictions);
        if (goldens.TryGet("frames", out var frames))
        {
            double worst = result.Video.Planes().Zip(frames.ToFloats(), (a, b) => Math.Abs((double)a - b)).Max();
            Assert.True(worst <= 2 / 255.0, $"{name} frames: largest difference {worst * 255:F2}/255");
        }
        Assert.Equal(0, pipeline.LiveTensors);
    }

    [Theory]
    [InlineData("lora-style")]
    [InlineData("lora-style-motion")]
    [InlineData("lora-style-as-library-loads-it")]
    [InlineData("lora-2b-drift")]
    public void FactorsAreTheOnesThatWereApplied(string name)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(GoldenCase.Lora, name);
        using CogVideoXPipeline pipeline = Open(golden, Adapters(golden, folder));
        double[] factors = [.. golden.Get("applied_factor").EnumerateObject().Select(entry => entry.Value.GetDouble()).Distinct()];
        Assert.Equal(factors, pipeline.Loras.Select(lora => lora.LargestFactor), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.All(pipeline.Loras, lora => Assert.Equal(lora.LeastFactor, lora.LargestFactor));
        GenerationPlan plan = pipeline.Plan(golden.Request());
        Assert.All(pipeline.Loras, lora => Assert.Contains(lora.ToString(), plan.Notes));
    }

    [Fact]
    public void NotesSayFactorRankAndWhereAlphaIsFrom()
    {
        string style = Golden.Path("lora/style"), motion = Golden.Path("lora/foreign/diffusers-metadata/motion.safetensors");
        using var pipeline = CogVideoXPipeline.Open(
            TestModels.Tiny5b, ComputeOptions.Default,
            new LoraOptions
            {
                Adapters = [new Lora(style, 0.6), new Lora(motion), new Lora(Golden.Path("lora/foreign/peft-patterns"))],
                Merge = true,
            });
        Assert.Equal(
            [
                "LoRA style at scale 0.6: factor 0.3 (rank 4, alpha 2 from adapter.json) on 8 layers.",
                "LoRA motion at scale 1: factor 1 (rank 3, alpha 3 from its header) on 6 layers.",
                "LoRA peft-patterns at scale 1: factor 0.25 to 2 (rank 2 to 6, alpha 1 to 8 from adapter_config.json) on 8 layers.",
                "LoRAs are merged into copies of 12 weights.",
            ],
            pipeline.Plan(TestModels.Quick).Notes);
    }

    [Fact]
    public void OneThatIsGivenTwiceIsSaidAndAFactorIsNeverCalledNone()
    {
        string style = Golden.Path("lora/style");
        using var pipeline = CogVideoXPipeline.Open(
            TestModels.Tiny5b, ComputeOptions.Default,
            new LoraOptions { Adapters = [new Lora(style, 1e-30), new Lora(Path.Combine(style, "..", "style"))] });
        Assert.Equal(
            [
                "LoRA style at scale 1E-30: factor 5E-31 (rank 4, alpha 2 from adapter.json) on 8 layers.",
                "LoRA style at scale 1: factor 0.5 (rank 4, alpha 2 from adapter.json) on 8 layers.",
                "LoRA style is given more than once: its changes add up.",
            ],
            pipeline.Plan(TestModels.Quick).Notes);
    }

    [Theory]
    [InlineData(false, TilingMode.Off)]
    [InlineData(true, TilingMode.On)]
    public void PeakOfEachStageIsThePlannedOne(bool merge, TilingMode tiling)
    {
        LoraOptions loras = StyleAndMotion with { Merge = merge };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, loras);
        using CogVideoXPipeline plain = CogVideoXPipeline.Open(TestModels.Tiny5b);
        GenerationRequest request = TestModels.Quick with { VaeTiling = tiling };
        GenerationPlan plan = pipeline.Plan(request);
        IReadOnlyList<StageTime> times = pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Times;
        foreach ((StagePlan planned, StageTime taken) in plan.Stages.Zip(times))
            Assert.InRange((double)taken.PeakBytes / planned.ActivationBytes, 0.95, 1.05);
        StagePlan sample = plan.Stages[1], without = plain.Plan(request).Stages[1];
        Assert.True(sample.WeightBytes > without.WeightBytes);
        Assert.True(sample.ActivationBytes > without.ActivationBytes);
        Assert.True(sample.Flops > without.Flops);
    }

    // On a card A and B, or the merged weights, lie in its memory; the weights that were merged don't.
    [Fact]
    public void MergedWeightsReplaceTheirOwnInACardsMemory()
    {
        var card = Tensors.DeviceSpec.Cards.First(spec => spec.Name == "3060");
        long plain = Resident(LoraOptions.None), style = new FileInfo(Golden.Path("lora/style/pytorch_lora_weights.safetensors")).Length;
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/style"))] };
        Assert.InRange(Resident(loras) - plain, style / 2, 2 * style);
        Assert.InRange((double)Resident(loras with { Merge = true }) / plain, 1, 1.02); // blocks may be larger than what lies in them

        long Resident(LoraOptions options)
        {
            using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, options);
            return pipeline.Plan(TestModels.Quick, card).Stages[1].ResidentBytes;
        }
    }

    [Fact]
    public void VideosTellWhatTheyWereMadeWith()
    {
        using var folder = new TemporaryFolder();
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, StyleAndMotion with { Merge = true });
        GenerationResult result = pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken);
        result.Save(folder.File("clip.png"), cancellation: TestContext.Current.CancellationToken);
        GenerationMetadata metadata = VideoMetadata.Read(folder.File("clip.png"))!;
        Assert.Equal("""["style:0.6","motion:1"]""", metadata.Settings["lora"]!.ToJsonString());
        Assert.True(metadata.Settings["lora-merge"]!.GetValue<bool>());
        Assert.Equal(result.Settings, GenerationSettings.From(metadata));
        LoraOptions read = LoraOptions.From(metadata);
        Assert.Equal([new Lora("style", 0.6), new Lora("motion")], read.Adapters);
        Assert.True(read is { Merge: true, IgnoreUnmatched: false });
    }

    [Fact]
    public void AScaleThatIsTooLargeIsSuspectedBeforeTheWeights()
    {
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/style"), 1e30)] };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, loras);
        GenerationException failure = Assert.Throws<GenerationException>(
            () => pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("The LoRAs that were given are too large or scaled by too much", failure.Message);
        var none = new LoraOptions { Adapters = [null!] };
        Assert.Throws<ArgumentException>(() => CogVideoXPipeline.Open(TestModels.Tiny5b, ComputeOptions.Default, none));
    }

    [Fact]
    public void VideosWithoutAdaptersTellOfNone()
    {
        GenerationMetadata metadata = new GenerationSettings { Prompt = "a cat" }.ToMetadata("shapes");
        Assert.DoesNotContain(metadata.Settings.Keys, key => key.StartsWith("lora", StringComparison.Ordinal));
        Assert.Empty(LoraOptions.From(metadata).Adapters);
    }

    private static CogVideoXPipeline Open(GoldenCase golden, LoraOptions loras) =>
        CogVideoXPipeline.Open(golden.Checkpoint, ComputeOptions.Default, loras);

    // The library is given the file alone where it is to find no alpha.
    private static LoraOptions Adapters(GoldenCase golden, TemporaryFolder folder)
    {
        if (golden.Find("adapters") is not { } adapters)
            return LoraOptions.None;
        IEnumerable<double> scales = golden.Get("weights").EnumerateArray().Select(scale => scale.GetDouble());
        return new LoraOptions { Adapters = [.. adapters.EnumerateArray().Zip(scales, (path, scale) => new Lora(PathOf(path), scale))] };

        string PathOf(JsonElement path)
        {
            string name = Path.GetFileName(path.GetString()!), source = Golden.Path($"lora/{name}");
            if (golden.Name != "lora-style-as-library-loads-it")
                return source;
            File.Copy(Path.Combine(source, "pytorch_lora_weights.safetensors"), folder.File("style.safetensors"));
            return folder.File("style.safetensors");
        }
    }
}
