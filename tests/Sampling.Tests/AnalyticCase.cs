using System.Text.Json;
using CogVideoX.Testing;

namespace CogVideoX.Sampling.Tests;

/// <summary>
/// Normal data, for which the best prediction and the end of the exact flow are known (tests/Goldens/tasks/analytic.json): one sampler on
/// one grid of levels, and the root mean square error of its end in float64 at some counts of steps.
/// </summary>
internal sealed record AnalyticCase(string Grid, string Sampler, int[] Steps, double[] Errors, double[] Orders)
{
    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Golden.Path("tasks/analytic.json"))).RootElement;

    public static IReadOnlyList<AnalyticCase> All { get; } =
        [.. Root.GetProperty("deterministic").EnumerateArray().Select(Parse)];

    /// <summary>The schedule of a grid that has one.</summary>
    public static NoiseSchedule Schedule(string grid) => new(new NoiseScheduleOptions { RescaleToZeroSnr = grid == "zero_snr" });

    /// <summary>σ in geometric progression, without a step to clean latents, where every sampler is of first order.</summary>
    public static StepGrid Interior(int steps)
    {
        JsonElement interior = Root.GetProperty("grids").GetProperty("interior");
        double first = interior.GetProperty("sigma_first").GetDouble(), last = interior.GetProperty("sigma_last").GetDouble();
        double[] sigmas = [.. Enumerable.Range(0, steps + 1).Select(i => first * Math.Pow(last / first, (double)i / steps))];
        return new StepGrid(new double[steps + 1], [.. sigmas.Select(SolverCase.AlphaOf)]);
    }

    /// <summary>
    /// v = Slope·x + Offset as the best model says it, of data with mean μ and deviation s: √ᾱ·E[ε|x] − √(1−ᾱ)·E[x₀|x], where
    /// E[ε|x] = b/w·(x − a·μ), E[x₀|x] = μ + a·s²/w·(x − a·μ), w = a²s² + b².
    /// </summary>
    public static (double Slope, double Offset) Velocity(NoiseLevel level, double mean, double deviation)
    {
        (double a, double b, double variance) = (level.Signal, level.Noise, deviation * deviation);
        double slope = a * b * (1 - variance) / (a * a * variance + b * b);
        return (slope, -b * mean - slope * a * mean);
    }

    /// <summary>Mean and deviation of 200,000 ends, for each grid, sampler that draws noise, and count of steps.</summary>
    public static IEnumerable<(string Grid, string Sampler, int Steps, double Mean, double Deviation)> Random =>
        Root.GetProperty("random").GetProperty("rows").EnumerateArray().Select(row => (
            row.GetProperty("grid").GetString()!, NameOf(row), row.GetProperty("steps").GetInt32(),
            row.GetProperty("mean").GetDouble(), row.GetProperty("std").GetDouble()));

    private static AnalyticCase Parse(JsonElement element)
    {
        JsonProperty[] errors = [.. element.GetProperty("errors").EnumerateObject()];
        return new AnalyticCase(
            element.GetProperty("grid").GetString()!,
            NameOf(element),
            [.. errors.Select(entry => int.Parse(entry.Name))],
            [.. errors.Select(entry => entry.Value.GetProperty("float64_rms").GetDouble())],
            [.. element.GetProperty("observed_order").EnumerateArray().Select(value => value.GetDouble())]);
    }

    private static string NameOf(JsonElement element) => element.GetProperty("sampler").GetString()!.Replace("cogvideox_", "");
}
