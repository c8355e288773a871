using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Sampling.Tests;

public sealed class NoiseScheduleTests
{
    private static readonly NoiseSchedule Plain = new(new NoiseScheduleOptions());

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AlphasAreThoseOfTheReference(int shift)
    {
        using SafetensorsFile goldens = Golden.Open("scheduler/steps.safetensors");
        ReadOnlySpan<double> expected = goldens[$"alphas_cumprod.shift{shift}"].AsReadOnlySpan<double>();
        ReadOnlySpan<double> actual = new NoiseSchedule(new NoiseScheduleOptions { SnrShiftScale = shift }).AlphasCumprod;
        Assert.Equal(expected.Length, actual.Length);
        for (int t = 0; t < expected.Length; t++)
        {
            double difference = Math.Abs(actual[t] - expected[t]);
            Assert.True(difference <= 1e-15 + 1e-13 * expected[t], $"timestep {t}: {actual[t]:R}, expected {expected[t]:R}.");
        }
        Assert.Equal(0, actual[^1]);
    }

    [Fact]
    public void AlphasFallForAnyShiftAndBetas()
    {
        Arbitrary<(int, int, bool)> options = Gen.Choose(1, 400).Zip(Gen.Choose(2, 2000)).Zip(Gen.Elements(true, false))
            .Select(drawn => (drawn.Item1.Item1, drawn.Item1.Item2, drawn.Item2)).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(options, drawn =>
        {
            (int shift, int trainSteps, bool rescales) = drawn;
            double[] alphas = new NoiseSchedule(new NoiseScheduleOptions
            {
                SnrShiftScale = shift / 40.0,
                TrainSteps = trainSteps,
                RescaleToZeroSnr = rescales,
            }).AlphasCumprod.ToArray();
            return alphas.Zip(alphas.Skip(1)).All(pair => pair.First > pair.Second && pair.Second >= 0) && alphas[0] < 1;
        }));
    }

    [Fact]
    public void TimestepsFallFromTheLastLevelAtEveryCount()
    {
        for (int steps = 1; steps <= Plain.TrainSteps; steps++)
        {
            int[] timesteps = Plain.Timesteps(steps);
            Assert.Equal(steps, timesteps.Length);
            Assert.Equal(999, timesteps[0]);
            Assert.True(timesteps[^1] >= 0, $"{steps} steps end at {timesteps[^1]}.");
            Assert.True(timesteps.Zip(timesteps.Skip(1)).All(pair => pair.First > pair.Second), $"{steps} steps don't fall.");
        }
    }

    // round(numpy.arange(1000, 0, -1000 / steps)) - 1, as the schedulers of diffusers 0.42 compute it
    [Theory]
    [InlineData(1, new[] { 999 })]
    [InlineData(3, new[] { 999, 666, 332 })]
    [InlineData(9, new[] { 999, 888, 777, 666, 555, 443, 332, 221, 110 })]
    [InlineData(27, new[]
    {
        999, 962, 925, 888, 851, 814, 777, 740, 703, 666, 629, 592, 555, 518, 480, 443, 406, 369, 332, 295, 258, 221, 184, 147,
        110, 73, 36,
    })]
    [InlineData(53, new[]
    {
        999, 980, 961, 942, 924, 905, 886, 867, 848, 829, 810, 791, 773, 754, 735, 716, 697, 678, 659, 641, 622, 603, 584, 565,
        546, 527, 508, 490, 471, 452, 433, 414, 395, 376, 357, 339, 320, 301, 282, 263, 244, 225, 207, 188, 169, 150, 131, 112,
        93, 74, 56, 37, 18,
    })]
    public void StepsThatDontDivideTheLevelsHaveTheReferencesTimesteps(int steps, int[] expected) =>
        Assert.Equal(expected, Plain.Timesteps(steps));

    [Fact]
    public void AsManyStepsAsLevelsVisitAllAndOneFewerLeavesOneOut()
    {
        Assert.Equal(Enumerable.Range(0, 1000).Reverse(), Plain.Timesteps(1000));
        Assert.Equal(Enumerable.Range(0, 1000).Reverse().Where(t => t != 499), Plain.Timesteps(999));
    }

    [Fact]
    public void AddNoiseAndVelocityAreThoseOfTheReference()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("scheduler/steps.safetensors");
        Tensor clean = ops.Load(goldens, "add_noise.x"), noise = ops.Load(goldens, "add_noise.noise");
        ReadOnlySpan<int> timesteps = goldens["add_noise.t"].AsReadOnlySpan<int>();
        for (int row = 0; row < timesteps.Length; row++)
        {
            Tensor noisy = Plain.AddNoise(ops, clean.Rows(row, 1), noise.Rows(row, 1), timesteps[row]);
            Tensor velocity = Plain.Velocity(ops, clean.Rows(row, 1), noise.Rows(row, 1), timesteps[row]);
            Agree.With(goldens["add_noise.y"].Rows(row, 1), noisy, $"add_noise at {timesteps[row]}", 1e-6);
            Agree.With(goldens["velocity"].Rows(row, 1), velocity, $"velocity at {timesteps[row]}", 1e-6);
        }
    }

    [Fact]
    public void TheCleanLatentsComeBackFromTheirVelocityAtEveryLevel()
    {
        using Ops ops = Ops.OnCpu(1);
        var generator = new TorchGenerator(3);
        Tensor clean = generator.Noise(ops, [40], NoiseType.F32), noise = generator.Noise(ops, [40], NoiseType.F32);
        for (int t = 0; t < Plain.TrainSteps; t++)
        {
            using MemoryScope scope = ops.Scope();
            Tensor back = Plain.Clean(ops, Plain.AddNoise(ops, clean, noise, t), Plain.Velocity(ops, clean, noise, t), t);
            Agree.With(clean, back, $"timestep {t}", 1e-6);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-3)]
    [InlineData(1001)]
    public void RefusesStepsThatNoScheduleHas(int steps)
    {
        var error = Assert.Throws<SamplingException>(() => Plain.Timesteps(steps));
        Assert.Contains($"{steps} steps", error.Message);
        Assert.Contains("1 to 1000", error.Message);
    }

    [Fact]
    public void RefusesTimestepsBeyondTheLast() => Assert.Throws<SamplingException>(() => Plain.Alpha(1000));

    [Fact]
    public void RefusesOptionsByTheirKey()
    {
        var good = new NoiseScheduleOptions();
        (string Key, NoiseScheduleOptions Options)[] bad =
        [
            ("num_train_timesteps", good with { TrainSteps = 0 }), ("num_train_timesteps", good with { TrainSteps = -5 }),
            ("beta_start", good with { BetaStart = 0 }), ("beta_start", good with { BetaStart = double.NaN }),
            ("beta_end", good with { BetaEnd = 1 }), ("beta_end", good with { BetaEnd = good.BetaStart }),
            ("snr_shift_scale", good with { SnrShiftScale = 0 }),
            ("snr_shift_scale", good with { SnrShiftScale = double.PositiveInfinity }),
            ("beta_schedule", good with { BetaSchedule = "squaredcos_cap_v2" }),
            ("timestep_spacing", good with { TimestepSpacing = "leading" }),
            ("prediction_type", good with { PredictionType = "epsilon" }),
        ];
        foreach ((string key, NoiseScheduleOptions options) in bad)
            Assert.Contains(key, Assert.Throws<SamplingException>(() => new NoiseSchedule(options)).Message);
    }
}
