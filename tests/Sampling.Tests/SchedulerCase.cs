using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>One run of a reference scheduler, as tests/Goldens/scheduler/cases.json lists it.</summary>
internal sealed record SchedulerCase(string Name, bool IsDpm, double Shift, int Steps, int[] Timesteps, ulong NoiseSeed, int[] Kept)
{
    public static IReadOnlyList<SchedulerCase> All()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("scheduler/cases.json")));
        return [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(Parse)];
    }

    /// <summary>The sampler that should give the same run.</summary>
    public ISampler Sampler(Ops ops)
    {
        var schedule = new NoiseSchedule(new NoiseScheduleOptions { SnrShiftScale = Shift });
        return IsDpm
            ? new DpmSampler(ops, schedule, Steps, new TorchGenerator(NoiseSeed), NoiseType.F32)
            : new DdimSampler(ops, schedule, Steps);
    }

    /// <summary>The model's output at a step: one tensor a step, or all of them in one.</summary>
    public Tensor Output(Ops ops, SafetensorsFile goldens, int step)
    {
        if (!goldens.Names.Contains($"{Name}.v"))
            return ops.Load(goldens, $"{Name}.v{step}");
        Tensor all = goldens[$"{Name}.v"];
        return ops.FromHost(all.Rows(step, 1).ToFloats(), all.Shape.With(0, 1));
    }

    private static SchedulerCase Parse(JsonElement element) => new(
        element.GetProperty("name").GetString()!,
        element.GetProperty("kind").GetString() == "dpm",
        element.GetProperty("snr_shift_scale").GetDouble(),
        element.GetProperty("steps").GetInt32(),
        Integers(element.GetProperty("timesteps")),
        element.GetProperty("noise_seed").GetUInt64(),
        Integers(element.GetProperty("kept")));

    private static int[] Integers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];
}
