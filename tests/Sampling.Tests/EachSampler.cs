using CogVideoX.Tensors;

namespace CogVideoX.Sampling.Tests;

/// <summary>Every sampler by name, for tests that hold for all: those of the goldens by the names that they have there.</summary>
internal static class EachSampler
{
    public static IReadOnlyList<string> Names { get; } =
        ["ddim", "dpm", "euler", "euler_ancestral", "heun", "unipc", "dpmsolver++_2m", "sde_dpmsolver++_2m", "lcm"];

    public static IEnumerable<object[]> ForTheory => Names.Select(name => new object[] { name });

    /// <summary>As a pipeline makes it.</summary>
    public static ISampler Make(string name, Ops ops, NoiseSchedule schedule, int steps, TorchGenerator generator) => name switch
    {
        "ddim" => new DdimSampler(ops, schedule, steps),
        "dpm" => new DpmSampler(ops, schedule, steps, generator, NoiseType.F32),
        "euler" => new EulerSampler(ops, schedule, steps),
        "euler_ancestral" => new EulerAncestralSampler(ops, schedule, steps, generator, NoiseType.F32),
        "heun" => new HeunSampler(ops, schedule, steps),
        "unipc" => new UniPcSampler(ops, schedule, steps),
        "dpmsolver++_2m" => new Dpm2MSampler(ops, schedule, steps),
        "sde_dpmsolver++_2m" => new Dpm2MSampler(ops, schedule, steps, generator, NoiseType.F32),
        "lcm" => new LcmSampler(ops, schedule, steps, generator, NoiseType.F32),
        _ => throw new ArgumentException($"No sampler is called {name}."),
    };

    /// <summary>On levels of one's own; for those that have any beside the schedule's.</summary>
    public static ISampler Make(string name, Ops ops, StepGrid grid, TorchGenerator generator) => name switch
    {
        "euler" => new EulerSampler(ops, grid),
        "euler_ancestral" => new EulerAncestralSampler(ops, grid, generator, NoiseType.F32),
        "heun" => new HeunSampler(ops, grid),
        "unipc" => new UniPcSampler(ops, grid),
        "dpmsolver++_2m" => new Dpm2MSampler(ops, grid, null, default),
        "sde_dpmsolver++_2m" => new Dpm2MSampler(ops, grid, generator, NoiseType.F32),
        _ => throw new ArgumentException($"{name} takes its levels from a schedule."),
    };
}
