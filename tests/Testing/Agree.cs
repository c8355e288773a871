using CogVideoX.Tensors;
using Xunit;

namespace CogVideoX.Testing;

/// <summary>Comparison with reference numbers.</summary>
public static class Agree
{
    /// <summary>What one module in fp32 may differ from the reference, as a relative L2 error (docs/architecture.md).</summary>
    public const double Module = 2e-5;

    // Where to write each error that was measured: docs/measurements.md is made from it.
    private static readonly string? Log = Environment.GetEnvironmentVariable("COGVIDEOX_ERROR_LOG");
    private static readonly Lock LogGate = new();

    /// <summary>What the latents of a whole pipeline may differ.</summary>
    public const double Pipeline = 2e-4;

    /// <summary>‖actual − expected‖ / ‖expected‖; infinite where a number isn't finite or the sizes differ.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length)
            return double.PositiveInfinity;
        double difference = 0, norm = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double d = (double)actual[i] - expected[i];
            if (!double.IsFinite(d))
                return double.PositiveInfinity;
            difference += d * d;
            norm += (double)expected[i] * expected[i];
        }
        return Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), 1e-30);
    }

    /// <summary>Fails with the stage's name where shape or numbers differ.</summary>
    public static void With(Tensor expected, Tensor actual, string stage, double tolerance = Module)
    {
        Assert.True(expected.Shape == actual.Shape, $"{stage}: shape {actual.Shape}, expected {expected.Shape}.");
        double error = RelativeError(actual.ToFloats(), expected.ToFloats());
        if (Log is not null)
        {
            lock (LogGate)
                File.AppendAllText(Log, $"{error:E2} {stage}\n");
        }
        Assert.True(error <= tolerance, $"{stage}: relative error {error:E2}, allowed {tolerance:E1}.");
    }
}
