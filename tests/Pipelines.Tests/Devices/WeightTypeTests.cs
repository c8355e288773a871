using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>Matrices of layers as 8-bit floats, made of the stored ones on their way to the device.</summary>
public sealed class WeightTypeTests(ITestOutputHelper output)
{
    private static readonly GenerationRequest Least = TestModels.Quick with { Steps = 1, Frames = 1, Width = 32, Height = 32 };

    private static ComputeOptions Bf16(string device) =>
        new() { Device = EachDevice.Source(device), Compute = ComputeType.Bf16 };

    // In fp32 the weights alone make the difference, some 2 % of each of them. On the emulator, by kernels of our own compiler, that of
    // bf16 comes to it.
    [Fact]
    public void LatentsDifferByWhatTheWeightsDo()
    {
        float[] expected = Latents(new ComputeOptions());
        double weights = Error(new ComputeOptions { WeightDtype = WeightType.Fp8 });
        double bf16 = Error(Bf16(EachDevice.Emulator)), both = Error(Bf16(EachDevice.Emulator) with { WeightDtype = WeightType.Fp8 });
        output.WriteLine($"{weights:E2} of weights in fp8, {bf16:E2} of bf16, {both:E2} of both");
        Assert.InRange(weights, 1e-3, 0.05);
        Assert.InRange(both, 1e-3, 1.5 * Math.Sqrt(weights * weights + bf16 * bf16));

        double Error(ComputeOptions compute) => Agree.RelativeError(Latents(compute), expected);
    }

    [Fact]
    public void TheyTakeWhatThePlanSays()
    {
        using var plain = CogVideoXPipeline.Open(TestModels.Tiny2b, Bf16(EachDevice.Emulator));
        using var narrow = CogVideoXPipeline.Open(
            TestModels.Tiny2b, Bf16(EachDevice.Emulator) with { WeightDtype = WeightType.Fp8 });
        GenerationPlan plan = narrow.Plan(Least);
        Assert.Contains(plan.Notes, note => note.Contains("8-bit floats (fp8)", StringComparison.Ordinal));
        Assert.True(plan.Stages[1].ResidentBytes < plain.Plan(Least).Stages[1].ResidentBytes);
        GenerationResult result = narrow.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(plan.Stages[1].PeakBytes, result.Times[1].PeakBytes);
    }

    [Fact]
    public void AStateOfARunGoesOnWithTheSameWeights()
    {
        using var stored = CogVideoXPipeline.Open(TestModels.Tiny2b);
        using var narrow = CogVideoXPipeline.Open(TestModels.Tiny2b, new ComputeOptions { WeightDtype = WeightType.Fp8 });
        using var folder = new TemporaryFolder();
        string state = folder.File("state");
        using var stop = new CancellationTokenSource();
        GenerationRequest request = Least with { Steps = 3 };
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Sample && progress.Fraction > 0.5)
                stop.Cancel();
        });
        var files = new GenerationFiles { KeepState = state };
        Assert.Throws<CancelledException>(() => { narrow.Generate(request, files, watch, stop.Token); });
        GenerationRequest resumed = request with { Resume = ResumeState.Load(state) };
        RequestException refusal = Assert.Throws<RequestException>(() => stored.Plan(resumed));
        Assert.Contains("weights (or their type)", refusal.Message, StringComparison.Ordinal);
        narrow.Plan(resumed);
    }

    [Theory]
    [InlineData(ComputeType.Fp32, ComputeType.Auto, "F32")]
    [InlineData(ComputeType.Bf16, ComputeType.Fp32, "F32")]
    public void ACardHasNoSuchProductsWithFp32(ComputeType compute, ComputeType textEncoder, string type)
    {
        ComputeOptions options = Bf16(EachDevice.Emulator) with
        {
            Compute = compute,
            TextEncoderDtype = textEncoder,
            WeightDtype = WeightType.Fp8,
        };
        RequestException refusal = Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, options));
        Assert.Equal(nameof(ComputeOptions.WeightDtype), refusal.Property);
        Assert.Contains($"no products of such weights with activations of {type}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheyCantComeLayerByLayerNorBeMadeUp()
    {
        ComputeOptions options = Bf16(EachDevice.Emulator) with { WeightDtype = WeightType.Fp8, Weights = WeightPlacement.Layers };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, options);
        RequestException layers = Assert.Throws<RequestException>(() => pipeline.Plan(Least));
        Assert.Contains("made on their way to the device", layers.Message, StringComparison.Ordinal);
        RequestException random = Assert.Throws<RequestException>(
            () => CogVideoXPipeline.OpenRandom("tiny", layers: null, new ComputeOptions { WeightDtype = WeightType.Fp8 }));
        Assert.Equal(nameof(ComputeOptions.WeightDtype), random.Property);
    }

    private static float[] Latents(ComputeOptions compute)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("latents.safetensors");
        using (var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, compute))
        {
            pipeline.Generate(
                Least with { Steps = 2 }, new GenerationFiles { SaveLatents = path }, cancellation: TestContext.Current.CancellationToken);
        }
        return VideoLatents.Load(path).Values.ToArray();
    }
}
