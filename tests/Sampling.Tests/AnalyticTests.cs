using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>Samplers on a case whose answer is known: how large their errors are, and how fast they fall.</summary>
public sealed class AnalyticTests
{
    private const double Rounding = 1e-6; // of latents near 1, over 80 steps

    [Fact]
    public void ErrorsAndOrdersAreTheReferences()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/analytic.safetensors");
        Assert.Equal(14, AnalyticCase.All.Count);
        foreach (AnalyticCase golden in AnalyticCase.All)
        {
            double[] errors = [.. golden.Steps.Select(steps => ErrorOf(ops, goldens, golden, steps))];
            for (int i = 0; i < errors.Length; i++)
            {
                string stage = $"{golden.Grid}, {golden.Sampler}, {golden.Steps[i]} steps";
                Assert.True(Math.Abs(errors[i] - golden.Errors[i]) < Rounding, $"{stage}: {errors[i]}, expected {golden.Errors[i]}.");
            }
            double[] orders = [.. errors.Zip(errors.Skip(1), (before, after) => Math.Log2(before / after))];
            Assert.All(golden.Orders.Zip(orders), pair => Assert.InRange(pair.Second, pair.First - 0.02, pair.First + 0.02));
        }
    }

    // Where no step leads to clean latents, each sampler has the order of its paper.
    [Theory]
    [InlineData("euler", 1)]
    [InlineData("dpmsolver++_2m", 2)]
    [InlineData("heun", 2)]
    [InlineData("unipc", 3)]
    public void InsideTheGridEachSamplerHasItsOrder(string sampler, int order)
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/analytic.safetensors");
        AnalyticCase interior = AnalyticCase.All.Single(golden => golden.Grid == "interior" && golden.Sampler == sampler);
        double measured = Math.Log2(ErrorOf(ops, goldens, interior, 40) / ErrorOf(ops, goldens, interior, 80));
        Assert.InRange(measured, order - 0.05, order + 0.05);
    }

    [Fact]
    public void EndsAreTheReferencesInDouble()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/analytic.safetensors");
        foreach (AnalyticCase golden in AnalyticCase.All)
        {
            string name = golden.Sampler == "ddim" ? "cogvideox_ddim" : golden.Sampler;
            double[] expected = Doubles(goldens[$"float64_end.{golden.Grid}.{name}.steps10"]);
            double error = Errors.Relative(EndOf(ops, goldens, golden, 10), expected);
            Assert.True(error < Rounding, $"{golden.Grid}, {golden.Sampler}: relative error {error:E2}, allowed {Rounding:E1}.");
        }
    }

    // From σ near 4096 its first step spoils a short run: Euler does better for the same work.
    [Fact]
    public void HeunFromZeroSnrIsWorthItsSecondEvaluationsFromSomeStepsOn()
    {
        using Ops ops = Ops.OnCpu(1);
        using SafetensorsFile goldens = Golden.Open("tasks/analytic.safetensors");
        AnalyticCase heun = Case("heun"), euler = Case("euler");
        Assert.True(ErrorOf(ops, goldens, heun, 10) > 1);
        Assert.True(ErrorOf(ops, goldens, heun, 20) > ErrorOf(ops, goldens, euler, 20));
        Assert.True(ErrorOf(ops, goldens, heun, 29) > ErrorOf(ops, goldens, euler, 58));
        const int Fewest = HeunSampler.FewestUsefulSteps;
        Assert.True(ErrorOf(ops, goldens, heun, Fewest) < ErrorOf(ops, goldens, euler, 2 * Fewest));

        static AnalyticCase Case(string sampler) =>
            AnalyticCase.All.Single(golden => golden.Grid == "zero_snr" && golden.Sampler == sampler);
    }

    // All ends are too narrow at these counts, the reference's too.
    [Fact]
    public void SamplersThatDrawNoiseEndWithTheReferencesMeansAndDeviations()
    {
        using Ops ops = Ops.OnCpu(1);
        const int Count = 200_000;
        const double Mean = 0.7, Deviation = 0.4;
        foreach ((string grid, string name, int steps, double mean, double deviation) in AnalyticCase.Random)
        {
            using MemoryScope scope = ops.Scope();
            var generator = new TorchGenerator(11);
            ISampler sampler = EachSampler.Make(name, ops, AnalyticCase.Schedule(grid), steps, generator);
            (double a, double b) = (sampler.Levels[0].Signal, sampler.Levels[0].Noise);
            double spread = Math.Sqrt(a * a * Deviation * Deviation + b * b);
            float[] start = [.. generator.Noise(ops, [Count], NoiseType.F32).ToFloats().Select(z => (float)(a * Mean + spread * z))];
            float[] end = Run(ops, sampler, start, [Mean], [Deviation]);
            double actualMean = end.Average(value => (double)value);
            double actualDeviation = Math.Sqrt(end.Average(value => Math.Pow(value - actualMean, 2)));
            // Two samples of the same law: five standard deviations of the difference.
            double allowed = 5 * deviation * Math.Sqrt(2.0 / Count);
            string stage = $"{grid}, {name}, {steps} steps";
            Assert.True(Math.Abs(actualMean - mean) < allowed, $"{stage}: mean {actualMean:F5}, expected {mean:F5}.");
            Assert.True(
                Math.Abs(actualDeviation - deviation) < allowed / Math.Sqrt(2),
                $"{stage}: deviation {actualDeviation:F5}, expected {deviation:F5}.");
        }
    }

    private static double ErrorOf(Ops ops, SafetensorsFile goldens, AnalyticCase golden, int steps)
    {
        string name = golden.Sampler == "ddim" ? $"{golden.Grid}.cogvideox_ddim" : golden.Grid;
        return Errors.RootMeanSquare(EndOf(ops, goldens, golden, steps), Doubles(goldens[$"exact_end.{name}"]));
    }

    private static float[] EndOf(Ops ops, SafetensorsFile goldens, AnalyticCase golden, int steps)
    {
        using MemoryScope scope = ops.Scope();
        var generator = new TorchGenerator(0);
        ISampler sampler = golden.Grid == "interior"
            ? EachSampler.Make(golden.Sampler, ops, AnalyticCase.Interior(steps), generator)
            : EachSampler.Make(golden.Sampler, ops, AnalyticCase.Schedule(golden.Grid), steps, generator);
        double[] mean = Doubles(goldens["mu"]), deviation = Doubles(goldens["s"]);
        float[] start = [.. Doubles(goldens["start"]).Select(value => (float)value)];
        return Run(ops, sampler, start, mean, deviation);
    }

    // Means and deviations of each element, or one for all.
    private static float[] Run(Ops ops, ISampler sampler, float[] start, double[] mean, double[] deviation)
    {
        Shape shape = [start.Length];
        return Sampler.Run(ops, sampler, ops.FromHost(start, shape), Predict, cancellation: TestContext.Current.CancellationToken)
            .Latents.ToFloats();

        Tensor Predict(Tensor latents, NoiseLevel level)
        {
            float[] values = latents.ToFloats();
            (double Slope, double Offset)[] model = [.. mean.Zip(deviation, (m, s) => AnalyticCase.Velocity(level, m, s))];
            for (int i = 0; i < values.Length; i++)
            {
                (double slope, double offset) = model[i % model.Length];
                values[i] = (float)(slope * values[i] + offset);
            }
            return ops.FromHost(values, shape);
        }
    }

    private static double[] Doubles(Tensor tensor) => tensor.AsReadOnlySpan<double>().ToArray();
}
