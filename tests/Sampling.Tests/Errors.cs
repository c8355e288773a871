namespace CogVideoX.Sampling.Tests;

/// <summary>How far fp32 results are from numbers in double.</summary>
internal static class Errors
{
    /// <summary>‖actual − expected‖ / ‖expected‖</summary>
    public static double Relative(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        double norm = 0;
        foreach (double value in expected)
            norm += value * value;
        return RootMeanSquare(actual, expected) / Math.Sqrt(norm / expected.Length);
    }

    /// <summary>√ of the mean of (actual − expected)²; infinite where a number isn't finite.</summary>
    public static double RootMeanSquare(ReadOnlySpan<float> actual, ReadOnlySpan<double> expected)
    {
        Assert.Equal(expected.Length, actual.Length);
        double sum = 0;
        for (int i = 0; i < actual.Length; i++)
            sum += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        return double.IsFinite(sum) ? Math.Sqrt(sum / actual.Length) : double.PositiveInfinity;
    }
}
