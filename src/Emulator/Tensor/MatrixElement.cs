namespace CogVideoX.Emulator.Tensor;

/// <summary>
/// An operand's number taken apart: value = Significand · 2^(Exponent − fraction bits); not normalised below the smallest exponent.
/// </summary>
internal readonly struct MatrixElement(int significand, int exponent, byte special)
{
    public const byte Infinite = 1;
    public const byte Nan = 2;

    /// <summary>Exponent of a zero: below that of any product.</summary>
    public const int ZeroExponent = -100_000;

    public readonly int Significand = significand;
    public readonly int Exponent = exponent;
    public readonly byte Special = special;

    public static MatrixElement Of(uint bits, PtxType type) => type switch
    {
        PtxType.F16 => Split(bits, 10, 5),
        PtxType.BF16 => Split(bits, 7, 8),
        PtxType.TF32 => Split(bits >> 13, 10, 8),
        PtxType.E4M3 => (bits & 0x7f) == 0x7f ? new MatrixElement(0, 0, Nan) : Split(bits, 3, 4, hasInfinity: false),
        PtxType.E5M2 => Split(bits, 2, 5),
        _ => Split(bits, 23, 8),
    };

    public static int FractionBits(PtxType type) => type switch
    {
        PtxType.F16 or PtxType.TF32 => 10,
        PtxType.BF16 => 7,
        PtxType.E4M3 => 3,
        PtxType.E5M2 => 2,
        _ => 23,
    };

    private static MatrixElement Split(uint bits, int fractionBits, int exponentBits, bool hasInfinity = true)
    {
        int field = (int)(bits >> fractionBits & (1u << exponentBits) - 1), bias = (1 << exponentBits - 1) - 1;
        int fraction = (int)(bits & (1u << fractionBits) - 1);
        bool negative = (bits >> fractionBits + exponentBits & 1) != 0;
        if (hasInfinity && field == (1 << exponentBits) - 1)
            return new MatrixElement(negative ? -1 : 1, 0, fraction == 0 ? Infinite : Nan);
        int significand = field == 0 ? fraction : fraction | 1 << fractionBits;
        if (significand == 0)
            return new MatrixElement(0, ZeroExponent, 0);
        return new MatrixElement(negative ? -significand : significand, Math.Max(field, 1) - bias, 0);
    }
}
