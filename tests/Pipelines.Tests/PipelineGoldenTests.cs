using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests;

/// <summary>Whole runs of tiny checkpoints against diffusers' (tests/Goldens/pipeline).</summary>
public sealed class PipelineGoldenTests(ITestOutputHelper output)
{
    private const string Cpu = "cpu3";

    // On the emulator two of them take a quarter of an hour.
    public static TheoryData<string, string> Runs()
    {
        var runs = new TheoryData<string, string>
        {
            { "t2v-2b", Cpu },
            { "t2v-2b-negative", Cpu },
            { "t2v-2b-nocfg", Cpu },
            { "t2v-5b-dpm-dynamic", Cpu },
            { "t2v-5b-size", Cpu },
        };
        if (EachDevice.IsEverythingEmulated)
        {
            runs.Add("t2v-2b", EachDevice.Emulator);
            runs.Add("t2v-5b-dpm-dynamic", EachDevice.Emulator);
        }
        return runs;
    }

    public static TheoryData<string, string> Bf16Runs()
    {
        var runs = new TheoryData<string, string>();
        string[] devices = EachDevice.HasCpuBf16 ? [Cpu, EachDevice.Reference, EachDevice.CpuBf16] : [Cpu, EachDevice.Reference];
        foreach (string device in devices)
        {
            runs.Add("t2v-2b", device);
            runs.Add("t2v-5b-dpm-dynamic", device);
        }
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void AgreesAtEveryStepAndInTheFrames(string name, string device)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(GoldenCase.Pipeline, name);
        using SafetensorsFile goldens = golden.Open();
        var compute = new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 };
        using var pipeline = CogVideoXPipeline.Open(golden.Checkpoint, compute);
        int predictions = 0;
        pipeline.OutputObserver = (step, output) =>
        {
            Agree.With(goldens[$"noise_pred.{step}"], output, $"{name} transformer output at step {step}", Agree.Pipeline);
            predictions++;
        };
        GenerationRequest request = golden.Request();
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        Agree.With(goldens["prompt_embeds"], trace["prompt_embeds"], $"{name} prompt embeddings");
        if (result.Settings.IsGuided)
            Agree.With(goldens["negative_prompt_embeds"], trace["negative_prompt_embeds"], $"{name} negative prompt embeddings");
        for (int step = 0; step < request.Steps; step++)
            Agree.With(goldens[$"latents.{step}"], trace[$"latents.{step}"], $"{name} latents after step {step}", Agree.Pipeline);
        Assert.Equal(request.Steps, predictions);
        double worst = LargestDifference(result.Video.Planes(), goldens["frames"].ToFloats());
        output.WriteLine($"largest difference of a frame {worst * 255:F4}/255");
        Assert.True(worst <= 2 / 255.0, $"{name} frames: largest difference {worst * 255:F2}/255");
    }

    // Stored in bf16; computed with fp32 on the CPU, with its products of bf16, and in bf16 elsewhere.
    [Theory]
    [MemberData(nameof(Bf16Runs))]
    public void Bf16CheckpointIsNoFartherFromFp32ThanTheReferencesOwn(string name, string device)
    {
        (double psnr, double reference) = RunInBf16(name, device);
        Assert.True(psnr >= reference, $"{name} in bf16: {psnr:F2} dB from fp32, the reference's own run {reference:F2} dB");
    }

    // Both runs together: how far one of them lies is chance, too, since another order of sums turns other roundings over.
    [Fact]
    public void OnTheEmulatorBf16RunsAreNoFartherThanTheReferencesOwn()
    {
        Assert.SkipUnless(EachDevice.IsEverythingEmulated, "takes a quarter of an hour");
        double ours = 0, theirs = 0; // mean squares
        foreach (string name in new[] { "t2v-2b", "t2v-5b-dpm-dynamic" })
        {
            (double psnr, double reference) = RunInBf16(name, EachDevice.Emulator);
            ours += Math.Pow(10, -psnr / 10);
            theirs += Math.Pow(10, -reference / 10);
        }
        Assert.True(ours <= theirs, $"mean squares {ours / 2:E3}, the reference's own {theirs / 2:E3}");
    }

    private (double Psnr, double Reference) RunInBf16(string name, string device)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(GoldenCase.Pipeline, name);
        using SafetensorsFile goldens = golden.Open();
        string model = Bf16.CopyOf(golden.Checkpoint, folder);
        var compute = new ComputeOptions
        {
            Device = device == EachDevice.CpuBf16 ? null : EachDevice.Source(device),
            Compute = device == Cpu ? ComputeType.Fp32 : ComputeType.Bf16,
        };
        using var pipeline = CogVideoXPipeline.Open(model, compute);
        GenerationResult result = pipeline.Generate(golden.Request(), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(NoiseDtype.Bf16, result.Settings.Dtype);
        double psnr = Psnr(result.Video.Planes(), goldens["frames"].ToFloats());
        double reference = golden.Get("bf16").GetProperty("psnr").GetDouble();
        output.WriteLine($"{name} on {device}: {psnr:F2} dB from fp32, the reference's own run {reference:F2} dB");
        return (psnr, reference);
    }

    private static double LargestDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double worst = 0;
        for (int i = 0; i < actual.Length; i++)
            worst = Math.Max(worst, Math.Abs((double)actual[i] - expected[i]));
        return worst;
    }

    private static double Psnr(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        double squares = 0;
        for (int i = 0; i < actual.Length; i++)
            squares += Math.Pow((double)actual[i] - expected[i], 2);
        return 10 * Math.Log10(actual.Length / squares);
    }
}
