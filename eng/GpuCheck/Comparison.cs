using CogVideoX.Tensors;

namespace CogVideoX.GpuCheck;

/// <summary>How far numbers are from what they should be.</summary>
/// <param name="Relative">‖actual − expected‖ / ‖expected‖; infinite where one isn't finite or their numbers differ.</param>
/// <param name="Largest">The largest difference, as a share of the largest expected number.</param>
internal readonly record struct Comparison(double Relative, double Largest)
{
    /// <summary>What results of a type may differ: sums are in fp32 whatever it is; rounding changes a result by 2⁻⁹ or 2⁻¹².</summary>
    public static double Allowed(DType type) => type == DType.F32 ? 2e-5 : type == DType.F16 ? 5e-4 : 4e-3;

    public static Comparison Of(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        if (actual.Length != expected.Length)
            return new Comparison(double.PositiveInfinity, double.PositiveInfinity);
        double difference = 0, norm = 0, worst = 0, largest = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double d = Math.Abs((double)actual[i] - expected[i]);
            if (!double.IsFinite(d))
                return new Comparison(double.PositiveInfinity, double.PositiveInfinity);
            difference += d * d;
            norm += (double)expected[i] * expected[i];
            worst = Math.Max(worst, d);
            largest = Math.Max(largest, Math.Abs(expected[i]));
        }
        return new Comparison(Math.Sqrt(difference) / Math.Max(Math.Sqrt(norm), 1e-30), worst / Math.Max(largest, 1e-30));
    }

    /// <summary>Some of the rows of an array of <paramref name="all"/> rows.</summary>
    public static float[] RowsOf(float[] values, int all, int[] rows)
    {
        int width = values.Length / all;
        var some = new float[rows.Length * width];
        for (int i = 0; i < rows.Length; i++)
            values.AsSpan(rows[i] * width, width).CopyTo(some.AsSpan(i * width));
        return some;
    }

    /// <summary>All numbers of all results, one behind the other.</summary>
    public static float[] AllOf(IReadOnlyList<Tensor> results)
    {
        if (results.Count == 1)
            return results[0].ToFloats();
        var all = new float[results.Sum(result => result.Count)];
        int done = 0;
        foreach (Tensor result in results)
        {
            result.ToFloats().CopyTo(all.AsSpan(done));
            done += (int)result.Count;
        }
        return all;
    }
}
