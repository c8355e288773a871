using CogVideoX.Tensors;

namespace CogVideoX.Sampling.Tests;

/// <summary>What holds for every sampler.</summary>
public sealed class EachSamplerTests
{
    private static readonly NoiseSchedule Schedule = new(new NoiseScheduleOptions());

    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void EveryCountOfStepsIsTakenToItsEnd(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        foreach (int steps in new[] { 1, 2, 3, 9, 27, 50, 53, 999, 1000 }.Where(steps => name != "lcm" || steps <= LcmSampler.LargestSteps))
        {
            using MemoryScope scope = ops.Scope();
            ISampler sampler = Make(name, ops, steps);
            SamplingResult result = Run(ops, sampler, Start(ops));
            Assert.Equal(sampler.Levels.Count, result.NextStep);
            Assert.Equal(name == "heun" ? 2 * steps - 1 : steps, sampler.Levels.Count);
            Assert.All(result.Latents.ToFloats(), value => Assert.True(float.IsFinite(value)));
        }
        string largest = name == "lcm" ? "1 to 50" : "1 to 1000";
        Assert.Contains(largest, Assert.Throws<SamplingException>(() => Make(name, ops, 1001)).Message);
        Assert.Contains(largest, Assert.Throws<SamplingException>(() => Make(name, ops, 0)).Message);
    }

    // A plan of the memory counts what the sampler keeps, and nothing else stays.
    [Theory]
    [InlineData("euler", 2)]
    [InlineData("euler_ancestral", 2)]
    [InlineData("lcm", 2)]
    [InlineData("dpmsolver++_2m", 3)]
    [InlineData("sde_dpmsolver++_2m", 3)]
    [InlineData("unipc", 5)]
    public void NothingOfAStepOutlivesItButTheLatentsAndTheHistory(string name, int tensors)
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        var live = new List<int>();
        Run(ops, Make(name, ops, 6), Start(ops), done =>
        {
            if (done.Index > 0)
                live.Add(ops.Memory.LiveCount);
        });
        Assert.All(live, count => Assert.Equal(tensors, count));
    }

    [Fact]
    public void HeunKeepsAHalfStepBetweenItsEvaluations()
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        var live = new List<int>();
        Run(ops, Make("heun", ops, 3), Start(ops), _ => live.Add(ops.Memory.LiveCount));
        Assert.Equal([3, 2, 3, 2, 2], live);
    }

    // ᾱ = 0 where the reference computes with 0, and 2⁻²⁴ where it would divide by it.
    [Theory]
    [InlineData("ddim", double.PositiveInfinity)]
    [InlineData("dpm", double.PositiveInfinity)]
    [InlineData("lcm", double.PositiveInfinity)]
    [InlineData("euler", 4096)]
    [InlineData("euler_ancestral", 4096)]
    [InlineData("heun", 4096)]
    [InlineData("unipc", 4096)]
    [InlineData("dpmsolver++_2m", 4096)]
    [InlineData("sde_dpmsolver++_2m", 4096)]
    public void ZeroTerminalSnrHasASigmaThatTheSamplerCanUse(string name, double sigma)
    {
        using Ops ops = Ops.OnCpu(1);
        double first = Make(name, ops, 4).Levels[0].Sigma;
        Assert.Equal(sigma, double.IsFinite(sigma) ? Math.Round(first, 2) : first);
    }

    // Shifted so far that the level below is nearly pure noise too: levels still fall.
    [Fact]
    public void LevelsFallForAnyShift()
    {
        using Ops ops = Ops.OnCpu(1);
        foreach (double shift in new[] { 0.1, 1, 3, 4, 40, 1e6 })
        {
            var shifted = new NoiseSchedule(new NoiseScheduleOptions { SnrShiftScale = shift });
            StepGrid grid = StepGrid.Of(shifted, 1000);
            Assert.All(grid.Alphas.Zip(grid.Alphas.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"shift {shift}: {pair}"));
            foreach (string name in EachSampler.Names.Where(name => name != "lcm"))
            {
                using MemoryScope scope = ops.Scope();
                Run(ops, EachSampler.Make(name, ops, shifted, 1000, new TorchGenerator(1)), Start(ops));
            }
        }
    }

    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void TheShiftOfTheCheckpointCounts(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        var shifted = new NoiseSchedule(new NoiseScheduleOptions { SnrShiftScale = 3 });
        foreach (NoiseLevel level in EachSampler.Make(name, ops, shifted, 4, new TorchGenerator(1)).Levels.Skip(1))
        {
            double alpha = shifted.Alpha((int)level.Time);
            Assert.Equal(Math.Sqrt((1 - alpha) / alpha), level.Sigma, 1e-12 * level.Sigma);
        }
    }

    // A checkpoint whose runs end at noise level 0 rather than clean: the last step has noise below it, and its order isn't lowered.
    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void ARunMayEndWithNoise(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope scope = ops.Scope();
        var noisy = new NoiseSchedule(new NoiseScheduleOptions { EndsWithoutNoise = false });
        ISampler sampler = EachSampler.Make(name, ops, noisy, 6, new TorchGenerator(1));
        Assert.Equal(name == "heun" ? 12 : 6, sampler.Levels.Count);
        Run(ops, sampler, Start(ops));
    }

    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void NoThreadCountChangesABit(string name)
    {
        float[] expected = Ends(1);
        Bits.Equal(expected, Ends(3), name);

        float[] Ends(int threads)
        {
            using Ops ops = Ops.OnCpu(threads);
            var generator = new TorchGenerator(8);
            Tensor start = generator.Noise(ops, [40_000], NoiseType.F32); // more than one thread's part
            return Run(ops, EachSampler.Make(name, ops, Schedule, 5, generator), start).Latents.ToFloats();
        }
    }

    [Theory]
    [InlineData("dpm")]
    [InlineData("dpmsolver++_2m")]
    [InlineData("sde_dpmsolver++_2m")]
    [InlineData("unipc")]
    [InlineData("heun")]
    public void SamplersThatLookBackRefuseStepsOutOfOrder(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        ISampler sampler = Make(name, ops, 5);
        Tensor latents = Start(ops);
        sampler.Step(latents, latents, 0);
        Assert.Contains("Step 2 can't follow step 0", Assert.Throws<SamplingException>(() => sampler.Step(latents, latents, 2)).Message);
    }

    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void RefusesStepsThatTheRunDoesNotHave(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor latents = Start(ops);
        foreach (int index in new[] { -1, 9 })
        {
            var error = Assert.Throws<SamplingException>(() => Make(name, ops, 5).Step(latents, latents, index));
            Assert.Contains($"no step {index}", error.Message);
        }
    }

    [Fact]
    public void HeunCannotBeginInTheMiddleOfAStep()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor latents = Start(ops);
        var error = Assert.Throws<SamplingException>(() => Make("heun", ops, 5).Step(latents, latents, 3));
        Assert.Contains("evaluation 3, the second of its step; begin at 2 or 4", error.Message);
    }

    [Fact]
    public void LcmNeedsTheLevelsThatItChoosesFrom()
    {
        using Ops ops = Ops.OnCpu(1);
        var few = new NoiseSchedule(new NoiseScheduleOptions { TrainSteps = 49 });
        var error = Assert.Throws<SamplingException>(() => EachSampler.Make("lcm", ops, few, 4, new TorchGenerator(1)));
        Assert.Contains("chooses from 50 noise levels, and this model has 49", error.Message);
    }

    private static ISampler Make(string name, Ops ops, int steps) => EachSampler.Make(name, ops, Schedule, steps, new TorchGenerator(1));

    private static Tensor Start(Ops ops) => new TorchGenerator(4).Noise(ops, [1, 32], NoiseType.F32);

    private static SamplingResult Run(Ops ops, ISampler sampler, Tensor start, Action<SamplingStep>? afterStep = null) => Sampler.Run(
        ops, sampler, start, (latents, _) => ops.LinearCombination((0.5f, latents)), afterStep,
        cancellation: TestContext.Current.CancellationToken);
}
