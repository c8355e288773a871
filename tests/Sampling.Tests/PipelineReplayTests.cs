using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>
/// Whole runs of the reference pipelines with the model's outputs played back: first noise, guidance, steps and the noise of DPM,
/// all from one generator.
/// </summary>
public sealed class PipelineReplayTests
{
    [Theory]
    [InlineData("t2v-2b")]
    [InlineData("t2v-2b-negative")]
    [InlineData("t2v-2b-nocfg")]
    [InlineData("t2v-5b-dpm-dynamic")]
    [InlineData("t2v-5b-size")]
    public void EveryStepAgreesWithTheReference(string name)
    {
        using Ops ops = Ops.OnCpu(2);
        using SafetensorsFile goldens = Golden.Open($"pipeline/{name}.safetensors");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("pipeline/cases.json")));
        JsonElement run = json.RootElement.EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == name);
        int steps = run.GetProperty("num_inference_steps").GetInt32();
        bool isDynamic = run.TryGetProperty("use_dynamic_cfg", out JsonElement dynamic) && dynamic.GetBoolean();
        var guidance = new Guidance(
            run.GetProperty("guidance_scale").GetDouble(), isDynamic ? GuidanceCurve.Dynamic : GuidanceCurve.Constant);
        var generator = new TorchGenerator(run.GetProperty("seed").GetUInt64());

        Tensor start = generator.Noise(ops, goldens["start_latents"].Shape, NoiseType.F32);
        Bits.Equal(goldens["start_latents"].ToFloats(), start.ToFloats(), "start_latents");
        int finished = 0;
        Sampler.Run(ops, SamplerOf(run, ops, steps, generator), start, Played, done =>
        {
            Agree.With(goldens[$"latents.{done.Index}"], done.Latents, $"{name}, step {done.Index}", 1e-6);
            finished++;
        }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(steps, finished);

        Tensor Played(Tensor latents, NoiseLevel level)
        {
            Tensor output = ops.Load(goldens, $"noise_pred.{level.Index}");
            return guidance.IsOn
                ? Guidance.Combine(ops, output.Rows(0, 1), output.Rows(1, 1), guidance.At(level, steps))
                : output;
        }
    }

    private static ISampler SamplerOf(JsonElement run, Ops ops, int steps, TorchGenerator generator)
    {
        string checkpoint = run.GetProperty("checkpoint").GetString()!;
        using JsonDocument config = JsonDocument.Parse(File.ReadAllText(Golden.Path($"{checkpoint}/scheduler/scheduler_config.json")));
        double shift = config.RootElement.GetProperty("snr_shift_scale").GetDouble();
        var schedule = new NoiseSchedule(new NoiseScheduleOptions { SnrShiftScale = shift });
        return run.GetProperty("scheduler").GetString() == "CogVideoXDPMScheduler"
            ? new DpmSampler(ops, schedule, steps, generator, NoiseType.F32)
            : new DdimSampler(ops, schedule, steps);
    }
}
