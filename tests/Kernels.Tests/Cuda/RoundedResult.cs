namespace CogVideoX.Kernels.Tests.Cuda;

/// <summary>How far results may be apart that come from nearly the same numbers.</summary>
internal static class RoundedResult
{
    /// <summary>
    /// The largest relative L2 error. A result of 16 bits is rounded as the reference's is: a number that is off by e goes to the other
    /// side with a probability of e over the unit (2⁻⁷ and 2⁻¹⁰ of a number at most), and is off by that unit then, which is √(e · unit) in
    /// L2; and one number may do so however few there are.
    /// </summary>
    /// <param name="format">Of the result.</param>
    /// <param name="count">Its numbers.</param>
    /// <param name="error">Relative L2 error of what is rounded.</param>
    public static double Tolerance(ElementFormat format, long count, double error)
    {
        if (format == ElementFormat.F32)
            return error;
        double unit = Math.Pow(2, format == ElementFormat.BF16 ? -7 : -10);
        return Math.Sqrt(Math.Max(error, unit / count) * unit);
    }
}
