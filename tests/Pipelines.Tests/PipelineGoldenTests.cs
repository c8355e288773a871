using System.Runtime.InteropServices;
using System.Text.Json;
using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests;

/// <summary>Whole runs of tiny checkpoints against diffusers' (tests/Goldens/pipeline).</summary>
public sealed class PipelineGoldenTests
{
    [Theory]
    [InlineData("t2v-2b")]
    [InlineData("t2v-2b-negative")]
    [InlineData("t2v-2b-nocfg")]
    [InlineData("t2v-5b-dpm-dynamic")]
    [InlineData("t2v-5b-size")]
    public void AgreesAtEveryStepAndInTheFrames(string name)
    {
        using var folder = new TemporaryFolder();
        using SafetensorsFile goldens = Golden.Open($"pipeline/{name}.safetensors");
        JsonElement golden = Case(name);
        using var pipeline = TextToVideo.Open(Golden.Path(golden.GetProperty("checkpoint").GetString()!));
        int predictions = 0;
        pipeline.OutputObserver = (step, output) =>
        {
            Agree.With(goldens[$"noise_pred.{step}"], output, $"{name} transformer output at step {step}", Agree.Pipeline);
            predictions++;
        };
        GenerationRequest request = Request(golden);
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
        Assert.True(worst <= 2 / 255.0, $"{name} frames: largest difference {worst * 255:F2}/255");
    }

    [Theory]
    [InlineData("t2v-2b")]
    [InlineData("t2v-5b-dpm-dynamic")]
    public void Bf16CheckpointIsNoFartherFromFp32ThanTheReferencesOwn(string name)
    {
        using var folder = new TemporaryFolder();
        using SafetensorsFile goldens = Golden.Open($"pipeline/{name}.safetensors");
        JsonElement golden = Case(name);
        string model = folder.CopyOf(Golden.Path(golden.GetProperty("checkpoint").GetString()!));
        foreach (string file in Directory.EnumerateFiles(model, "*.safetensors", SearchOption.AllDirectories))
            Narrow(file);
        using var pipeline = TextToVideo.Open(model);
        GenerationResult result = pipeline.Generate(Request(golden), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(NoiseDtype.Bf16, result.Settings.Dtype);
        double psnr = Psnr(result.Video.Planes(), goldens["frames"].ToFloats());
        double reference = golden.GetProperty("bf16").GetProperty("psnr").GetDouble();
        Assert.True(psnr >= reference, $"{name} in bf16: {psnr:F2} dB from fp32, the reference's own run {reference:F2} dB");
    }

    private static JsonElement Case(string name)
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllBytes(Golden.Path("pipeline/cases.json")));
        return cases.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name).Clone();
    }

    private static GenerationRequest Request(JsonElement golden) => new(golden.GetProperty("prompt").GetString()!)
    {
        NegativePrompt = golden.TryGetProperty("negative_prompt", out JsonElement negative) ? negative.GetString()! : "",
        Seed = golden.GetProperty("seed").GetUInt64(),
        Steps = golden.GetProperty("num_inference_steps").GetInt32(),
        GuidanceScale = golden.GetProperty("guidance_scale").GetDouble(),
        Frames = golden.GetProperty("num_frames").GetInt32(),
        Height = golden.GetProperty("height").GetInt32(),
        Width = golden.GetProperty("width").GetInt32(),
        DynamicGuidance = golden.TryGetProperty("use_dynamic_cfg", out JsonElement dynamic) && dynamic.GetBoolean(),
        Sampler = golden.GetProperty("scheduler").GetString() == "CogVideoXDPMScheduler" ? SamplerKind.Dpm : SamplerKind.Ddim,
    };

    private static void Narrow(string file)
    {
        var sources = new List<TensorSource>();
        using (SafetensorsFile stored = SafetensorsFile.Open(file))
        {
            foreach (string name in stored.Names)
            {
                ushort[] rounded = [.. stored[name].ToFloats().Select(RoundToBfloat16)];
                sources.Add(new TensorSource(name, DType.BF16, stored[name].Shape, (first, destination) =>
                    MemoryMarshal.AsBytes(rounded.AsSpan((int)first, destination.Length / sizeof(ushort))).CopyTo(destination)));
            }
        }
        SafetensorsWriter.Write(file, sources);
    }

    // To nearest, ties to even.
    private static ushort RoundToBfloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
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
