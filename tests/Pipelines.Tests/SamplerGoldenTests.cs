using CogVideoX.Sampling;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests;

/// <summary>Whole runs of tiny checkpoints with each of diffusers' other schedulers (tests/Goldens/tasks/runs).</summary>
public sealed class SamplerGoldenTests
{
    // Heun's first step multiplies what the reference's own fp32 loses at σ = 4096: 5e-4 with its outputs played back (TaskReplayTests),
    // which the model sees from then on.
    private const double OfHeun = 2e-3;

    [Theory]
    [InlineData("sampler-t2v-5b-euler", SamplerKind.Euler)]
    [InlineData("sampler-t2v-5b-euler_ancestral", SamplerKind.EulerAncestral)]
    [InlineData("sampler-t2v-5b-heun", SamplerKind.Heun)]
    [InlineData("sampler-t2v-5b-unipc", SamplerKind.UniPc)]
    [InlineData("sampler-t2v-5b-dpmsolver++_2m", SamplerKind.Dpm2M)]
    [InlineData("sampler-t2v-5b-sde_dpmsolver++_2m", SamplerKind.Dpm2MSde)]
    [InlineData("sampler-t2v-5b-lcm", SamplerKind.Lcm)]
    [InlineData("sampler-t2v-2b-dpmsolver++_2m-shift3", SamplerKind.Dpm2M)]
    public void AgreesAtEveryEvaluation(string name, SamplerKind sampler)
    {
        using var folder = new TemporaryFolder();
        var golden = GoldenCase.Of(GoldenCase.Tasks, name);
        using SafetensorsFile goldens = golden.Open();
        double tolerance = sampler == SamplerKind.Heun ? OfHeun : Agree.Pipeline;
        using var pipeline = CogVideoXPipeline.Open(golden.Checkpoint);
        int predictions = 0;
        pipeline.OutputObserver = (index, output) =>
        {
            Agree.With(goldens[$"noise_pred.{index}"], output, $"{name} transformer output at evaluation {index}", tolerance);
            predictions++;
        };
        GenerationRequest request = golden.Request() with { Sampler = sampler };
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(sampler, result.Settings.Sampler);
        using SafetensorsFile trace = SafetensorsFile.Open(files.Trace);
        using Ops ops = Ops.OnCpu(1);
        double[] scales = ScalesToPreserving(golden, sampler);
        Assert.Equal(scales.Length, predictions);
        for (int index = 0; index < scales.Length; index++)
        {
            Tensor latents = goldens[$"latents.{index}"];
            Tensor expected = ops.Scale(ops.FromHost(latents.ToFloats(), latents.Shape), (float)scales[index]);
            Agree.With(expected, trace[$"latents.{index}"], $"{name} latents after evaluation {index}", tolerance);
        }
    }

    // The reference's Euler and Heun keep latents times √(1 + σ²), at the level that an evaluation leads to; ours are variance preserving.
    private static double[] ScalesToPreserving(GoldenCase golden, SamplerKind sampler)
    {
        double[] times = golden.Timesteps;
        if (sampler is not (SamplerKind.Euler or SamplerKind.EulerAncestral or SamplerKind.Heun))
            return [.. times.Select(_ => 1.0)];
        var schedule = new NoiseSchedule(new NoiseScheduleOptions());
        return [.. times.Skip(1).Select(time => Math.Sqrt(schedule.Alpha((int)time))), 1];
    }
}
