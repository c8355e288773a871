using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>
/// Whole runs of the reference's pipelines with its other schedulers, from text and from video, with the model's outputs played back:
/// start, guidance, steps and noise.
/// </summary>
public sealed class TaskReplayTests
{
    // The reference's own errors in fp32, where its latents are in σ, ours aren't: 4096·2⁻²⁴ of latents near σ' = 10 after the first step
    // (samplers.json has up to 6e-5). Heun's second slope, (x − x₀)/σ', brings that back times (σ − σ')/2σ', over latents near 100.
    private const double OfEuler = 1e-4, OfHeun = 1e-3, OfOthers = 2e-6;

    public static IEnumerable<object[]> Runs => Cases().Select(run => new object[] { run.GetProperty("name").GetString()! });

    [Theory]
    [MemberData(nameof(Runs))]
    public void EveryEvaluationAgreesWithTheReference(string name)
    {
        using Ops ops = Ops.OnCpu(2);
        JsonElement run = Cases().Single(entry => entry.GetProperty("name").GetString() == name);
        using SafetensorsFile goldens = Golden.Open($"tasks/{run.GetProperty("file").GetString()}");
        bool isInSigma = name.Contains("euler") || name.Contains("heun");
        double tolerance = name.Contains("heun") ? OfHeun : isInSigma ? OfEuler : OfOthers;
        int steps = run.GetProperty("num_inference_steps").GetInt32();
        var guidance = new Guidance(run.GetProperty("guidance_scale").GetDouble());
        var generator = new TorchGenerator(run.GetProperty("seed").GetUInt64());
        var schedule = new NoiseSchedule(new NoiseScheduleOptions { SnrShiftScale = name.EndsWith("shift3") ? 3 : 1 });
        ISampler sampler = EachSampler.Make(name.Split('-')[3], ops, schedule, steps, generator);
        int first = run.TryGetProperty("strength", out JsonElement strength) ? Strength.FirstStep(sampler, strength.GetDouble()) : 0;
        double[] timesteps = [.. run.GetProperty("timesteps").EnumerateArray().Select(time => time.GetDouble())];
        Assert.Equal(timesteps, sampler.Levels.Skip(first).Select(level => level.Time));

        Tensor start = Start(ops, goldens, sampler, generator, first);
        Agree.With(Preserving(ops, goldens["start_latents"], sampler.Levels[first].Sigma), start, $"{name}, start", OfOthers);
        int finished = 0;
        Sampler.Run(ops, sampler, start, Played, done =>
        {
            double sigma = done.Index + 1 < done.Count ? sampler.Levels[done.Index + 1].Sigma : 0;
            Tensor expected = Preserving(ops, goldens[$"latents.{done.Index - first}"], sigma);
            Agree.With(expected, done.Latents, $"{name}, evaluation {done.Index}", tolerance);
            finished++;
        }, first, TestContext.Current.CancellationToken);
        Assert.Equal(sampler.Levels.Count - first, finished);

        // Latents of the reference as they would be in a variance-preserving frame.
        Tensor Preserving(Ops ops, Tensor latents, double sigma)
        {
            Tensor copy = ops.FromHost(latents.ToFloats(), latents.Shape);
            return isInSigma ? ops.Scale(copy, (float)(1 / Math.Sqrt(1 + sigma * sigma))) : copy;
        }

        Tensor Played(Tensor latents, NoiseLevel level)
        {
            Tensor output = ops.Load(goldens, $"noise_pred.{level.Index - first}");
            return Guidance.Combine(ops, output.Rows(0, 1), output.Rows(1, 1), guidance.At(level, steps));
        }
    }

    // Noise; or the video's latents, noised, after the draw that the encoder took for them.
    private static Tensor Start(Ops ops, SafetensorsFile goldens, ISampler sampler, TorchGenerator generator, int first)
    {
        if (first == 0)
            return generator.Noise(ops, goldens["start_latents"].Shape, NoiseType.F32);
        generator.Noise(ops, goldens["encoded.0.mean"].Shape, NoiseType.F32);
        Tensor noise = generator.Noise(ops, goldens["noise"].Shape, NoiseType.F32);
        Bits.Equal(goldens["noise"].ToFloats(), noise.ToFloats(), "noise");
        return Sampler.AddNoise(ops, sampler, ops.Load(goldens, "video_latents"), noise, first);
    }

    private static IEnumerable<JsonElement> Cases()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("tasks/cases.json")));
        return [.. json.RootElement.Clone().EnumerateArray().Where(run => run.GetProperty("group").GetString() == "sampler")];
    }
}
