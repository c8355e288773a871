using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>A run that goes on from its state, in fresh objects, has the bits of one that wasn't interrupted.</summary>
public sealed class SamplingStateTests
{
    private const int Steps = 6;

    private static readonly NoiseSchedule Schedule = new(new NoiseScheduleOptions());

    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void GoesOnWithTheSameBitsFromEveryStep(string name)
    {
        foreach (string device in EachDevice.ModelNames)
        {
            foreach (int firstStep in new[] { 0, 2 })
            {
                (float[] expected, List<SamplingState> states) = Whole(device, name, firstStep);
                foreach (SamplingState state in states.SkipLast(1))
                    Bits.Equal(expected, Resumed(device, name, state), $"{name} on {device}, from {state.NextStep}, begun at {firstStep}");
            }
        }
    }

    [Fact]
    public void TakingStatesChangesNothing()
    {
        using Ops ops = Ops.OnCpu(1);
        foreach (string name in EachSampler.Names)
        {
            var generator = new TorchGenerator(5);
            ISampler sampler = EachSampler.Make(name, ops, Schedule, Steps, generator);
            float[] plain = Run(ops, sampler, generator.Noise(ops, Shape, NoiseType.F32), 0, null);
            Bits.Equal(plain, Whole("cpu1", name, 0).End, name);
        }
    }

    // Stopped between the draw of its noise and its end, a step has moved the generator on: the state before it hasn't.
    [Fact]
    public void GoesOnAfterAStepThatWasStopped()
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        using var source = new CancellationTokenSource();
        var generator = new TorchGenerator(5);
        var sampler = new StoppedAfterItsNoise(EachSampler.Make("sde_dpmsolver++_2m", ops, Schedule, Steps, generator), 3, source);
        SamplingState? state = null;
        SamplingResult result = Sampler.Run(
            ops, sampler, generator.Noise(ops, Shape, NoiseType.F32), Model(ops),
            done => state = SamplingState.Of(done, sampler, generator), cancellation: source.Token);
        Assert.Equal((3, true), (result.NextStep, result.IsCancelled));
        Assert.NotEqual(state!.Generator.Used, generator.State.Used);
        Bits.Equal(Whole("cpu1", "sde_dpmsolver++_2m", 0).End, Resumed("cpu1", "sde_dpmsolver++_2m", state), "after a stop");
    }

    // UniPC keeps the most: what it has of a run that began with it just now, and later.
    [Fact]
    public void HistoryIsWhatTheStepsSoFarLeft()
    {
        (_, List<SamplingState> states) = Whole("cpu1", "unipc", 0);
        Assert.Equal(["clean", "latents"], states[0].History.Keys.Order());
        Assert.Equal(["clean", "clean-earlier", "latents"], states[1].History.Keys.Order());
        (_, states) = Whole("cpu1", "heun", 0);
        Assert.Equal(["half"], states[0].History.Keys);
        Assert.Empty(states[1].History);
        Assert.Empty(Whole("cpu1", "euler", 0).States[2].History);
    }

    [Fact]
    public void RefusesWhatIsNoStateOfTheRun()
    {
        using Ops ops = Ops.OnCpu(1);
        SamplingState dpm = Whole("cpu1", "dpm", 0).States[2], heun = Whole("cpu1", "heun", 0).States[2];
        KeptTensor other = new(new float[2], [2]), torn = dpm.Latents with { Values = new float[3] };

        Refuses(dpm, "ddim", "'clean', and this sampler keeps nothing");
        Refuses(dpm, "unipc", "no 'latents'");
        Refuses(dpm with { History = heun.History }, "dpm", "'half', and this sampler keeps clean");
        Refuses(dpm with { History = new Dictionary<string, KeptTensor>() }, "dpm", "no 'clean'");
        Refuses(dpm with { History = new Dictionary<string, KeptTensor> { ["clean"] = other } }, "dpm", "'clean' has 2 values of [2]");
        Refuses(dpm with { Latents = torn }, "dpm", "'latents of the run' has 3 values");
        Refuses(dpm with { Steps = 8 }, "dpm", "a run of 8 steps; this one has 6");
        Refuses(dpm with { NextStep = 0 }, "dpm", "can't go on at step 0; it goes on at 1 to 6");
        Refuses(dpm with { NextStep = 7 }, "dpm", "can't go on at step 7");
        Refuses(heun with { NextStep = 2 }, "heun", "'half', and this sampler keeps nothing before step 2");
        Refuses(heun with { History = new Dictionary<string, KeptTensor>() }, "heun", "no 'half'");

        ISampler used = EachSampler.Make("dpm", ops, Schedule, Steps, new TorchGenerator(1));
        used.Step(ops.Empty([8]), ops.Empty([8]), 0);
        Assert.Contains("taken step 0 already", Assert.Throws<SamplingException>(() => dpm.Restore(ops, used)).Message);

        void Refuses(SamplingState state, string name, string reason)
        {
            ISampler sampler = EachSampler.Make(name, ops, Schedule, Steps, new TorchGenerator(1));
            Assert.Contains(reason, Assert.Throws<SamplingException>(() => state.Restore(ops, sampler)).Message);
        }
    }

    private static Shape Shape => [1, 40];

    private static (float[] End, List<SamplingState> States) Whole(string device, string name, int firstStep)
    {
        using Ops ops = EachDevice.Open(device);
        using MemoryScope scope = ops.Scope();
        var generator = new TorchGenerator(5);
        ISampler sampler = EachSampler.Make(name, ops, Schedule, Steps, generator);
        var states = new List<SamplingState>();
        float[] end = Run(
            ops, sampler, generator.Noise(ops, Shape, NoiseType.F32), firstStep,
            done => states.Add(SamplingState.Of(done, sampler, generator)));
        return (end, states);
    }

    private static float[] Resumed(string device, string name, SamplingState state)
    {
        using Ops ops = EachDevice.Open(device);
        using MemoryScope scope = ops.Scope();
        var generator = new TorchGenerator(state.Generator);
        ISampler sampler = EachSampler.Make(name, ops, Schedule, Steps, generator);
        return Run(ops, sampler, state.Restore(ops, sampler), state.NextStep, null);
    }

    private static float[] Run(Ops ops, ISampler sampler, Tensor start, int firstStep, Action<SamplingStep>? afterStep) => Sampler.Run(
        ops, sampler, start, Model(ops), afterStep, firstStep, TestContext.Current.CancellationToken).Latents.ToFloats();

    private static Denoiser Model(Ops ops) => (latents, level) => ops.LinearCombination((0.7f - 0.1f * level.Index, latents));

    private sealed class StoppedAfterItsNoise(ISampler inner, int at, CancellationTokenSource source) : ISampler
    {
        public IReadOnlyList<NoiseLevel> Levels => inner.Levels;

        public IReadOnlyDictionary<string, Tensor> History => inner.History;

        public Tensor Step(Tensor latents, Tensor output, int index)
        {
            Tensor next = inner.Step(latents, output, index);
            if (index == at)
                source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return next;
        }
    }
}
