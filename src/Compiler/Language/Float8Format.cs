namespace CogVideoX.Compiler.Language;

/// <summary>What the GPU's conversions of eight-bit floats give, on the host.</summary>
/// <param name="FractionBits">without the hidden one</param> <param name="Bias">of the exponent</param>
/// <param name="HasInfinity">the largest exponent holds infinities and NaN; else numbers and one NaN</param>
internal sealed record Float8Format(int FractionBits, int Bias, bool HasInfinity)
{
    public static Float8Format E4M3 { get; } = new(3, 7, false);

    public static Float8Format E5M2 { get; } = new(2, 15, true);

    private const byte Nan = 0x7F;

    private const ushort HalfNan = 0x7FFF;

    private byte Largest => HasInfinity ? (byte)0x7B : (byte)0x7E;

    /// <summary>To nearest, ties to even; saturates.</summary>
    public byte Round(float value)
    {
        if (float.IsNaN(value))
            return Nan;
        byte sign = (byte)(float.IsNegative(value) ? 0x80 : 0);
        float magnitude = MathF.Abs(value);
        if (float.IsInfinity(magnitude) || magnitude > ValueOf(Largest))
            return (byte)(sign | Largest);
        if (magnitude == 0)
            return sign;
        int exponent = Math.Max(MathF.ILogB(magnitude), 1 - Bias);
        int steps = (int)MathF.Round(MathF.ScaleB(magnitude, FractionBits - exponent), MidpointRounding.ToEven);
        // A carry out of the fraction goes to the exponent; subnormal numbers begin at 0.
        int code = ((exponent + Bias - 1) << FractionBits) + steps;
        return (byte)(sign | Math.Min(code, Largest));
    }

    /// <summary>As bits of a Half; exact. Every NaN is the one that PTX makes.</summary>
    public ushort Widen(byte code)
    {
        int magnitude = code & 0x7F;
        if (magnitude > Largest + (HasInfinity ? 1 : 0))
            return HalfNan;
        float value = magnitude > Largest ? float.PositiveInfinity : ValueOf(magnitude);
        return (ushort)(BitConverter.HalfToUInt16Bits((Half)value) | ((code & 0x80) << 8));
    }

    private float ValueOf(int magnitude)
    {
        int exponent = magnitude >> FractionBits, fraction = magnitude & ((1 << FractionBits) - 1);
        return exponent == 0
            ? MathF.ScaleB(fraction, 1 - Bias - FractionBits)
            : MathF.ScaleB(fraction + (1 << FractionBits), exponent - Bias - FractionBits);
    }
}
