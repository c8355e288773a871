using System.Text.Json;
using CogVideoX.Tensors;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Sampling.Tests;

public sealed class GuidanceTests
{
    [Fact]
    public void DynamicScalesAreThoseOfTheReference()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Golden.Path("scheduler/cases.json")));
        var schedule = new NoiseSchedule(new NoiseScheduleOptions());
        var guidance = new Guidance(6, GuidanceCurve.Dynamic);
        foreach (JsonProperty golden in json.RootElement.GetProperty("dynamic_guidance_scale_6").EnumerateObject())
        {
            int steps = int.Parse(golden.Name);
            NoiseLevel[] levels = schedule.Levels(schedule.Timesteps(steps));
            double[] actual = [.. levels.Select(level => guidance.At(level, steps))];
            double[] expected = [.. golden.Value.EnumerateArray().Select(value => value.GetDouble())];
            Assert.Equal(expected.Length, actual.Length);
            for (int step = 0; step < steps; step++)
            {
                bool agrees = Math.Abs(expected[step] - actual[step]) < 1e-12;
                Assert.True(agrees, $"{steps} steps, step {step}: {actual[step]:R}, expected {expected[step]:R}.");
            }
        }
    }

    [Fact]
    public void CombinesAsTheReferenceRounds()
    {
        using Ops ops = Ops.OnCpu(1);
        var generator = new TorchGenerator(2);
        Tensor without = generator.Noise(ops, [50], NoiseType.F32), with = generator.Noise(ops, [50], NoiseType.F32);
        float[] expected = [.. without.ToFloats().Zip(with.ToFloats(), (u, c) => u + 6.5f * (c - u))];
        Bits.Equal(expected, Guidance.Combine(ops, without, with, 6.5).ToFloats(), "guided");
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(1.01, true)]
    [InlineData(6, true)]
    public void IsOffUpToOne(double scale, bool isOn) => Assert.Equal(isOn, new Guidance(scale).IsOn);

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void RefusesScalesThatMeanNothing(double scale) =>
        Assert.Contains("guidance scale", Assert.Throws<SamplingException>(() => new Guidance(scale)).Message);

    [Fact]
    public void TheConstantScaleStaysAndTheSmoothOneRises()
    {
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(2, 200).ToArbitrary(), steps =>
        {
            var schedule = new NoiseSchedule(new NoiseScheduleOptions());
            NoiseLevel[] levels = schedule.Levels(schedule.Timesteps(steps));
            var constant = new Guidance(6);
            var smooth = new Guidance(6, GuidanceCurve.Smooth);
            double[] scales = [.. levels.Select(level => smooth.At(level, steps))];
            return levels.Select(level => constant.At(level, steps)).All(scale => scale == 6)
                && scales[0] == 1 && scales[^1] is > 1 and < 7 && scales.Zip(scales.Skip(1)).All(pair => pair.First <= pair.Second);
        }));
    }
}
