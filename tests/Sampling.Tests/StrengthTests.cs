using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>Runs that begin from a video: how many steps, which first, from which latents.</summary>
public sealed class StrengthTests
{
    private static readonly NoiseSchedule Schedule = new(new NoiseScheduleOptions());

    [Fact]
    public void RunsAsManyStepsAsTheReference()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("tasks/v2v_steps.json")));
        JsonElement[] rows = [.. json.RootElement.GetProperty("rows").EnumerateArray()];
        Assert.Equal(10, rows.Length);
        foreach (JsonElement row in rows)
        {
            (int steps, double strength) = (row.GetProperty("steps").GetInt32(), row.GetProperty("strength").GetDouble());
            int expected = row.GetProperty("runs").GetInt32();
            if (expected > 0)
                Assert.Equal(expected, Strength.StepsToRun(steps, strength));
            else
                Assert.Throws<SamplingException>(() => Strength.StepsToRun(steps, strength));
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-0.5)]
    [InlineData(1.01)]
    [InlineData(double.NaN)]
    public void RefusesStrengthsThatMeanNothing(double strength) =>
        Assert.Contains("above 0, up to 1", Assert.Throws<SamplingException>(() => Strength.StepsToRun(50, strength)).Message);

    [Theory]
    [InlineData(3, "0.34")]
    [InlineData(50, "0.02")]
    [InlineData(300, "0.01")]
    public void AStrengthThatLeavesNoStepIsToldWhichWould(int steps, string least)
    {
        var error = Assert.Throws<SamplingException>(() => Strength.StepsToRun(steps, 0.001));
        Assert.Contains($"leaves none of {steps} steps; choose {least} or more", error.Message);
        Assert.True(Strength.StepsToRun(steps, double.Parse(least, System.Globalization.CultureInfo.InvariantCulture)) > 0);
    }

    [Fact]
    public void OfOneStepNothingIsLeftBelowOne() => Assert.Contains(
        "leaves out the only step; choose 1, or more steps", Assert.Throws<SamplingException>(() => Strength.StepsToRun(1, 0.9)).Message);

    [Theory]
    [InlineData("ddim", 0.6, 2, 599)]
    [InlineData("euler", 0.6, 2, 599)]
    [InlineData("unipc", 1.0, 0, 999)]
    [InlineData("lcm", 0.6, 2, 599)]
    [InlineData("heun", 0.6, 4, 599)] // two evaluations a step
    [InlineData("heun", 0.2, 8, 199)]
    public void BeginsWithTheFirstEvaluationOfAStep(string name, double strength, int first, double time)
    {
        using Ops ops = Ops.OnCpu(1);
        ISampler sampler = EachSampler.Make(name, ops, Schedule, 5, new TorchGenerator(1));
        Assert.Equal(first, Strength.FirstStep(sampler, strength));
        Assert.Equal(time, sampler.Levels[first].Time);
    }

    [Fact]
    public void NoisedLatentsHaveTheLevelOfTheirStep()
    {
        using Ops ops = Ops.OnCpu(1);
        var generator = new TorchGenerator(2);
        Tensor clean = generator.Noise(ops, [64], NoiseType.F32), noise = generator.Noise(ops, [64], NoiseType.F32);
        foreach (string name in EachSampler.Names)
        {
            ISampler sampler = EachSampler.Make(name, ops, Schedule, 5, generator);
            for (int i = 0; i < sampler.Levels.Count; i++)
            {
                Tensor expected = Schedule.AddNoise(ops, clean, noise, (int)sampler.Levels[i].Time);
                double tolerance = i == 0 ? 3e-4 : 1e-7; // 2⁻¹² of the video is left where a sampler begins at ᾱ = 2⁻²⁴
                Agree.With(expected, Sampler.AddNoise(ops, sampler, clean, noise, i), $"{name}, level {i}", tolerance);
            }
            Assert.Throws<SamplingException>(() => Sampler.AddNoise(ops, sampler, clean, noise, sampler.Levels.Count));
        }
    }

    // A truthful model leads from any level to the clean latents: what a sampler does at a later first step is right by itself.
    [Theory]
    [MemberData(nameof(EachSampler.ForTheory), MemberType = typeof(EachSampler))]
    public void ATruthfulModelLeadsBackToTheVideo(string name)
    {
        using Ops ops = Ops.OnCpu(1);
        var generator = new TorchGenerator(3);
        Tensor clean = generator.Noise(ops, [64], NoiseType.F32), noise = generator.Noise(ops, [64], NoiseType.F32);
        foreach (double strength in new[] { 0.2, 0.4, 0.6, 0.8, 1 })
        {
            using MemoryScope scope = ops.Scope();
            ISampler sampler = EachSampler.Make(name, ops, Schedule, 5, generator);
            int first = Strength.FirstStep(sampler, strength);
            Tensor start = Sampler.AddNoise(ops, sampler, clean, noise, first);
            SamplingResult result = Sampler.Run(
                ops, sampler, start, Truthful, firstStep: first, cancellation: TestContext.Current.CancellationToken);
            Agree.With(clean, result.Latents, $"{name} at strength {strength}", 2e-6);
        }

        // v for whatever noise the latents have: ε = (x − a·x₀)/b, v = a·ε − b·x₀.
        Tensor Truthful(Tensor latents, NoiseLevel level)
        {
            (double a, double b) = (level.Signal, level.Noise);
            return ops.LinearCombination(((float)(a / b), latents), ((float)(-a * a / b - b), clean));
        }
    }
}
