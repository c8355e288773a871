namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// Divides small numbers by one that doesn't change, by a multiplication: right where the quotient is below 256 and the number times the
/// divisor below 2²⁴ (the reciprocal is less than 2⁻²⁴ too large).
/// </summary>
/// <param name="divisor">At least one.</param>
internal readonly struct SmallDivisor(int divisor)
{
    private const int Bits = 24;

    private readonly uint reciprocal = ((1u << Bits) + (uint)divisor - 1) / (uint)divisor;

    /// <summary>Whether numbers up to the largest are divided rightly.</summary>
    public static bool Takes(long largest, int divisor) => largest / divisor < 256 && largest * divisor < 1 << Bits;

    /// <summary>The quotient, rounded down.</summary>
    public int Of(int number) => (int)((uint)number * reciprocal >> Bits);
}
