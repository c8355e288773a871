using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>Runs on the CPU whose products are in bf16: planned, repeated and gone on with as such.</summary>
public sealed class CpuBf16Tests : IDisposable
{
    private static readonly ComputeOptions Bf16 = new() { Compute = ComputeType.Bf16, Threads = 2 };

    private readonly TemporaryFolder folder = new();

    public CpuBf16Tests() => Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TheVideoIsAnotherAndDoesntDependOnThreads()
    {
        float[] wide = Frames(new ComputeOptions()), narrow = Frames(Bf16);
        Assert.InRange(Agree.RelativeError(narrow, wide), 1e-5, 0.05);
        Assert.Equal(narrow, Frames(Bf16 with { Threads = 1 }));
        Assert.Equal(narrow, Frames(Bf16 with { Threads = 5, TextEncoderDtype = ComputeType.Bf16, VaeDtype = ComputeType.Auto }));
        Assert.Equal(wide, Frames(new ComputeOptions { Compute = ComputeType.Fp32, Threads = 3 }));
    }

    [Theory]
    [InlineData(TilingMode.Off)]
    [InlineData(TilingMode.On)]
    public void ARunTakesWhatIsPlanned(TilingMode tiling)
    {
        GenerationRequest request = TestModels.Quick with { VaeTiling = tiling, Width = 96, Height = 64 };
        using CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b, Bf16), plain = Open(new ComputeOptions());
        IReadOnlyList<StagePlan> plan = pipeline.Plan(request).Stages;
        GenerationResult result = pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken);
        foreach ((StagePlan planned, StageTime time) in plan.Zip(result.Times))
            Assert.Equal((planned.Stage, planned.ActivationBytes), (time.Stage, time.PeakBytes));
        Assert.NotEqual(plan.Select(stage => stage.ActivationBytes), plain.Plan(request).Stages.Select(stage => stage.ActivationBytes));
    }

    [Fact]
    public void AFileSaysSoAndOneOfFp32Doesnt()
    {
        using CogVideoXPipeline narrow = Open(Bf16), wide = Open(new ComputeOptions { Compute = ComputeType.Fp32 });
        Assert.Equal((ComputeType.Bf16, (ComputeType?)null), (narrow.CpuCompute, wide.CpuCompute));
        GenerationMetadata kept = Saved(narrow);
        Assert.Equal("bf16", (string?)kept.Settings["compute"]);
        Assert.Equal(ComputeType.Bf16, ComputeOptions.KeptIn(kept));
        Assert.Null(ComputeOptions.KeptIn(Saved(wide)));
        foreach (string word in new[] { "fp16", "auto", "int8" })
        {
            var settings = new Dictionary<string, System.Text.Json.Nodes.JsonNode?>(kept.Settings) { ["compute"] = word };
            var thrown = Assert.Throws<FormatException>(() => ComputeOptions.KeptIn(kept with { Settings = settings }));
            Assert.Contains(word, thrown.Message, StringComparison.Ordinal);
        }

        GenerationMetadata Saved(CogVideoXPipeline pipeline) => VideoMetadata.Read(
            pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken)
                .Save(folder.File($"{pipeline.CpuCompute}.png"), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void AStateGoesOnInItAndInNothingElse()
    {
        using CogVideoXPipeline narrow = Open(Bf16), wide = Open(new ComputeOptions());
        string state = folder.File("run.state"), copy = folder.File("copy.state");
        GenerationRequest request = TestModels.Quick with { Steps = 2 };
        float[] expected = Frames(narrow, request);
        var watch = new Runs.Watch(progress =>
        {
            if (File.Exists(state) && !File.Exists(copy))
                File.Copy(state, copy);
        });
        narrow.Generate(request, new GenerationFiles { KeepState = state }, watch, TestContext.Current.CancellationToken);
        GenerationRequest rest = ResumeState.Load(copy).ToRequest();
        Assert.Equal(expected, Frames(narrow, rest));
        var refusal = Assert.Throws<RequestException>(() => wide.Plan(rest));
        Assert.Equal(nameof(GenerationRequest.Resume), refusal.Property);
        Assert.Contains(
            "begun with products in bf16, and here they are in fp32; take the same (ComputeOptions.Compute).", refusal.Message,
            StringComparison.Ordinal);
        Assert.Equal(ComputeType.Bf16, ComputeOptions.KeptIn(ResumeState.Load(copy).Metadata));
    }

    [Theory]
    [InlineData(ComputeType.Fp16, "fp16 can't be: the CPU computes in fp32 and bf16 alone.")]
    public void OtherTypesAreRefusedBeforeAnythingIsOpened(ComputeType type, string says)
    {
        var refusal = Assert.Throws<RequestException>(() => CogVideoXPipeline.Open("/no/such/model", Bf16 with { Compute = type }));
        Assert.Equal((nameof(ComputeOptions.Compute), says), (refusal.Property, refusal.Problem));
    }

    [Theory]
    [InlineData(ComputeType.Fp32, ComputeType.Usual, nameof(ComputeOptions.TextEncoderDtype), "fp32")]
    [InlineData(ComputeType.Usual, ComputeType.Fp32, nameof(ComputeOptions.VaeDtype), "fp32")]
    [InlineData(ComputeType.Bf16, ComputeType.Fp16, nameof(ComputeOptions.VaeDtype), "fp16")]
    public void PartsComputeAlike(ComputeType textEncoder, ComputeType vae, string property, string word)
    {
        using CogVideoXPipeline pipeline = Open(Bf16 with { TextEncoderDtype = textEncoder, VaeDtype = vae });
        var refusal = Assert.Throws<RequestException>(() => pipeline.Plan(TestModels.Quick));
        Assert.Equal(property, refusal.Property);
        Assert.StartsWith($"{word} can't be: ", refusal.Problem, StringComparison.Ordinal);
    }

    private static CogVideoXPipeline Open(ComputeOptions compute) => CogVideoXPipeline.Open(TestModels.Tiny5b, compute);

    private static float[] Frames(ComputeOptions compute)
    {
        using CogVideoXPipeline pipeline = Open(compute);
        return Frames(pipeline, TestModels.Quick);
    }

    private static float[] Frames(CogVideoXPipeline pipeline, GenerationRequest request) =>
        pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();
}
