using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>Every run of the reference's schedulers, step by step.</summary>
public sealed class SamplerGoldenTests
{
    private const double Tolerance = 1e-6; // a step is three roundings away from the reference at most

    [Theory]
    [MemberData(nameof(EachDevice.Models), MemberType = typeof(EachDevice))]
    public void EveryKeptStepAgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("scheduler/steps.safetensors");
        IReadOnlyList<SchedulerCase> cases = SchedulerCase.All();
        Assert.Equal(20, cases.Count);
        foreach (SchedulerCase golden in cases)
            Follow(ops, goldens, golden);
        Assert.Equal(0, ops.Memory.LiveCount);
    }

    private static void Follow(Ops ops, SafetensorsFile goldens, SchedulerCase golden)
    {
        using MemoryScope scope = ops.Scope();
        ISampler sampler = golden.Sampler(ops);
        Assert.Equal(golden.Timesteps, sampler.Levels.Select(level => (int)level.Time));
        int compared = 0;
        Sampler.Run(ops, sampler, ops.Load(goldens, $"{golden.Name}.start"), (_, level) => golden.Output(ops, goldens, level.Index), done =>
        {
            if (!golden.Kept.Contains(done.Index))
                return;
            string stage = $"{golden.Name}, step {done.Index}, timestep {done.Level.Time}";
            Agree.With(goldens[$"{golden.Name}.x{done.Index}"], done.Latents, stage, Tolerance);
            compared++;
        }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(golden.Kept.Length, compared);
    }
}
