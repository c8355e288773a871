namespace CogVideoX.Kernels;

/// <summary>The error function in double, for naive forms and tests; relative error below 10⁻¹². The base library has none.</summary>
internal static class ErrorFunction
{
    private const double SeriesEnd = 1.5;

    /// <summary>erf x = 2/√π · ∫₀ˣ e^−t² dt.</summary>
    public static double Erf(double x)
    {
        if (Math.Abs(x) > SeriesEnd)
            return x > 0 ? 1 - Complement(x) : Complement(-x) - 1;
        // Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1))
        double power = x, sum = x;
        for (int n = 1; n < 40; n++)
        {
            power *= -x * x / n;
            sum += power / (2 * n + 1);
        }
        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    /// <summary>1 − erf x, without cancellation for large x.</summary>
    public static double Complement(double x)
    {
        if (x <= SeriesEnd)
            return x < -SeriesEnd ? 2 - Complement(-x) : 1 - Erf(x);
        if (double.IsPositiveInfinity(x))
            return 0;
        // e^−x²/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …)))), from the inside out
        double fraction = x;
        for (int n = 80; n >= 1; n--)
            fraction = x + n / 2.0 / fraction;
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * fraction);
    }
}
