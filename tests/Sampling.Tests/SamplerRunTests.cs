using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

public sealed class SamplerRunTests
{
    private static readonly NoiseSchedule Schedule = new(new NoiseScheduleOptions());

    [Fact]
    public void NothingOfAStepOutlivesItButTheLatentsAndTheHistory()
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        var generator = new TorchGenerator(1);
        Tensor start = generator.Noise(ops, [1, 4, 32], NoiseType.F32);
        var live = new List<int>();
        SamplingResult result = Run(
            ops, new DpmSampler(ops, Schedule, 10, generator, NoiseType.F32), start, Wasteful(ops), _ => live.Add(ops.Memory.LiveCount));
        Assert.All(live, count => Assert.Equal(3, count)); // start, latents, x₀ of the step before
        Assert.Equal(2, ops.Memory.LiveCount);
        Assert.Equal((10, false), (result.NextStep, result.IsCancelled));
        Assert.All(result.Latents.ToFloats(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void CancellingBetweenStepsKeepsTheLatentsOfTheLast()
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        using var source = new CancellationTokenSource();
        float[] seen = [];
        SamplingResult result = Run(ops, new DdimSampler(ops, Schedule, 8), Start(ops), Wasteful(ops), done =>
        {
            seen = done.Latents.ToFloats();
            if (done.Index == 2)
                source.Cancel();
        }, cancellation: source.Token);
        Assert.Equal((3, true), (result.NextStep, result.IsCancelled));
        Assert.Equal(seen, result.Latents.ToFloats());
    }

    [Fact]
    public void CancellingWithinAStepKeepsTheLatentsOfTheLast()
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        using var source = new CancellationTokenSource();
        float[] before = [];
        SamplingResult result = Run(ops, new DdimSampler(ops, Schedule, 8), Start(ops), (latents, level) =>
        {
            before = latents.ToFloats();
            if (level.Index == 5)
                source.Cancel();
            source.Token.ThrowIfCancellationRequested();
            return ops.LinearCombination((0.5f, latents));
        }, cancellation: source.Token);
        Assert.Equal((5, true), (result.NextStep, result.IsCancelled));
        Assert.Equal(before, result.Latents.ToFloats());
        Assert.Equal(2, ops.Memory.LiveCount);
    }

    // The token of the operations stops the model's, and also those of the sampler itself.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CancellingWithinAnOperationKeepsTheLatentsOfTheLast(bool ofTheModel)
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        using var source = new CancellationTokenSource();
        ops.Cancellation = source.Token;
        float[] before = [];
        var sampler = new DpmSampler(ops, Schedule, 8, new TorchGenerator(2), NoiseType.F32);
        SamplingResult result = Run(ops, sampler, Start(ops), (latents, level) =>
        {
            before = latents.ToFloats();
            if (level.Index == 5 && ofTheModel)
                source.Cancel();
            Tensor output = ops.LinearCombination((0.5f, latents));
            if (level.Index == 5)
                source.Cancel();
            return output;
        }, cancellation: source.Token);
        Assert.Equal((5, true), (result.NextStep, result.IsCancelled));
        Assert.Equal(before, result.Latents.ToFloats());
        Assert.Equal(2, ops.Memory.LiveCount);
    }

    [Fact]
    public void DrawingNoiseStops()
    {
        using Ops ops = Ops.OnCpu(1);
        ops.Cancellation = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => new TorchGenerator(1).Noise(ops, [100], NoiseType.F32));
    }

    [Fact]
    public void CancelledBeforeItBeginsARunLeavesItsStart()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor start = Start(ops);
        SamplingResult result = Run(
            ops, new DdimSampler(ops, Schedule, 8), start, Wasteful(ops), cancellation: new CancellationToken(canceled: true));
        Assert.Equal((0, true), (result.NextStep, result.IsCancelled));
        Assert.Equal(start.ToFloats(), result.Latents.ToFloats());
    }

    [Fact]
    public void AnotherCancellationIsAnErrorOfTheModel()
    {
        using Ops ops = Ops.OnCpu(1);
        Assert.Throws<OperationCanceledException>(() =>
            Run(ops, new DdimSampler(ops, Schedule, 8), Start(ops), (_, _) => throw new OperationCanceledException()));
        Assert.Equal(1, ops.Memory.LiveCount);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void NumbersThatAreNotFiniteAreReportedWithStageAndStep(float bad)
    {
        using Ops ops = Ops.OnCpu(1);
        var error = Assert.Throws<SamplingException>(() => Run(ops, new DdimSampler(ops, Schedule, 8), Start(ops), (latents, level) =>
        {
            Tensor output = ops.LinearCombination((0.5f, latents));
            if (level.Index == 3)
                output.AsSpan<float>()[7] = bad;
            return output;
        }));
        Assert.Contains("sampling: after step 4 of 8 (timestep 624)", error.Message);
        Assert.Contains("1 of 32", error.Message);
        Assert.Contains("output holds such numbers already", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(27)]
    [InlineData(53)]
    [InlineData(999)]
    [InlineData(1000)]
    public void EveryCountOfStepsIsTakenToItsEnd(int steps)
    {
        using Ops ops = Ops.OnCpu(1);
        foreach (ISampler sampler in new[] { Ddim(steps), Dpm(steps) })
        {
            using MemoryScope scope = ops.Scope();
            var taken = new List<double>();
            SamplingResult result = Run(ops, sampler, Start(ops), Wasteful(ops), done => taken.Add(done.Level.Time));
            Assert.Equal(Schedule.Timesteps(steps).Select(timestep => (double)timestep), taken);
            Assert.Equal(steps, result.NextStep);
            Assert.All(result.Latents.ToFloats(), value => Assert.True(float.IsFinite(value)));
        }
        Assert.Contains("1 to 1000", Assert.Throws<SamplingException>(() => Ddim(1001)).Message);
        Assert.Contains("1 to 1000", Assert.Throws<SamplingException>(() => Dpm(1001)).Message);

        ISampler Ddim(int count) => new DdimSampler(ops, Schedule, count);
        ISampler Dpm(int count) => new DpmSampler(ops, Schedule, count, new TorchGenerator(1), NoiseType.F32);
    }

    [Fact]
    public void ALaterFirstStepBeginsThere()
    {
        using Ops ops = Ops.OnCpu(1);
        var generator = new TorchGenerator(1);
        var steps = new List<(int, double)>();
        Run(ops, new DpmSampler(ops, Schedule, 5, generator, NoiseType.F32), Start(ops), (latents, level) =>
        {
            steps.Add((level.Index, level.Time));
            return ops.LinearCombination((0.5f, latents));
        }, firstStep: 2);
        Assert.Equal([(2, 599), (3, 399), (4, 199)], steps);
        Assert.Throws<SamplingException>(() => Run(ops, new DdimSampler(ops, Schedule, 5), Start(ops), Wasteful(ops), firstStep: 5));
    }

    [Fact]
    public void DpmRefusesStepsOutOfOrder()
    {
        using Ops ops = Ops.OnCpu(1);
        var sampler = new DpmSampler(ops, Schedule, 5, new TorchGenerator(1), NoiseType.F32);
        Tensor latents = Start(ops);
        sampler.Step(latents, latents, 0);
        Assert.Contains("Step 2 can't follow step 0", Assert.Throws<SamplingException>(() => sampler.Step(latents, latents, 2)).Message);
        Assert.Throws<SamplingException>(() => sampler.Step(latents, latents, 5));
    }

    [Fact]
    public void APlanRunsEveryStepAndCountsItsMemory()
    {
        using Ops plan = Ops.Planning();
        var generator = new TorchGenerator(1);
        int steps = 0;
        Tensor start = plan.Empty([1, 13, 16, 60, 90]);
        SamplingResult result = Run(
            plan, new DpmSampler(plan, Schedule, 50, generator, NoiseType.F32), start, Wasteful(plan), _ => steps++);
        Assert.Equal(50, steps);
        Assert.Equal(start.Shape, result.Latents.Shape);
        Assert.InRange(plan.Memory.PeakBytes, start.Bytes * 4, start.Bytes * 8);
    }

    [Fact]
    public void APlanGoesThroughTheModelOnceAndCountsItForEveryStep()
    {
        using Ops one = Ops.Planning(), many = Ops.Planning();
        Assert.Equal(1, Planned(one, 1));
        Assert.Equal(1, Planned(many, 1000));
        Assert.Equal(1000 * one.PlannedFlops, many.PlannedFlops);
        Assert.Equal(one.Memory.PeakBytes + (256 * sizeof(float)), many.Memory.PeakBytes); // the start beside a step's latents

        int Planned(Ops plan, int steps)
        {
            int calls = 0;
            Denoiser model = Wasteful(plan);
            Run(plan, new DdimSampler(plan, Schedule, steps), plan.Empty([1, 256]), (latents, level) =>
            {
                calls++;
                return model(latents, level);
            });
            return calls;
        }
    }

    [Fact]
    public void TheModelSeesTheLatentsAsTheSamplerScalesThem()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor start = Start(ops);
        float[] seen = [];
        Run(ops, new HalvingSampler(ops, new DdimSampler(ops, Schedule, 1)), start, (latents, _) =>
        {
            seen = latents.ToFloats();
            return ops.LinearCombination((1, latents));
        });
        Assert.Equal(start.ToFloats().Select(value => value * 0.5f), seen);
    }

    [Fact]
    public void LevelsTellNoiseAgainstSignal()
    {
        using Ops ops = Ops.OnCpu(1);
        IReadOnlyList<NoiseLevel> levels = new DdimSampler(ops, Schedule, 4).Levels;
        Assert.Equal([0, 1, 2, 3], levels.Select(level => level.Index));
        Assert.Equal(double.PositiveInfinity, levels[0].Sigma); // zero signal where the run begins
        Assert.All(levels, level =>
        {
            double alpha = Schedule.Alpha((int)level.Time);
            Assert.Equal(Math.Sqrt((1 - alpha) / alpha), level.Sigma);
        });
    }

    [Fact]
    public void ATruthfulModelLeadsDdimToTheCleanLatents()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor clean = new TorchGenerator(9).Noise(ops, [32], NoiseType.F32);
        foreach (int steps in Enumerable.Range(1, 1000).Where(steps => 1000 % steps == 0)) // the others aren't exact: see TimestepAfter
        {
            using MemoryScope scope = ops.Scope();
            Tensor noise = Start(ops).Reshape([32]);
            SamplingResult result = Run(
                ops, new DdimSampler(ops, Schedule, steps), noise, (_, level) => Schedule.Velocity(ops, clean, noise, (int)level.Time));
            Agree.With(clean, result.Latents, $"{steps} steps", 1e-5);
        }
    }

    private static SamplingResult Run(
        Ops ops,
        ISampler sampler,
        Tensor start,
        Denoiser denoise,
        Action<SamplingStep>? afterStep = null,
        int firstStep = 0,
        CancellationToken? cancellation = null) =>
        Sampler.Run(ops, sampler, start, denoise, afterStep, firstStep, cancellation ?? TestContext.Current.CancellationToken);

    private static Tensor Start(Ops ops) => new TorchGenerator(4).Noise(ops, [1, 32], NoiseType.F32);

    // Leaves temporaries behind, which the run must clear away.
    private static Denoiser Wasteful(Ops ops) => (latents, _) =>
    {
        ops.Empty([100]);
        return ops.LinearCombination((0.5f, ops.LinearCombination((1, latents), (0.1f, latents))));
    };

    private sealed class HalvingSampler(Ops ops, ISampler inner) : ISampler
    {
        public IReadOnlyList<NoiseLevel> Levels => inner.Levels;

        public double InputScale(int index) => 0.5;

        public Tensor Step(Tensor latents, Tensor output, int index) => ops.LinearCombination((1, output));
    }
}
