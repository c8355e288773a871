namespace CogVideoX.Emulator.Numerics;

/// <summary>A binary format: bits of the fraction and of the exponent. Exact for every format up to single precision.</summary>
/// <param name="FractionBits">without the hidden bit</param>
/// <param name="HasInfinity">false for e4m3, whose largest exponent holds numbers and one NaN</param>
internal sealed record FloatFormat(int FractionBits, int ExponentBits, bool HasInfinity = true)
{
    public static readonly FloatFormat F32 = new(23, 8);
    public static readonly FloatFormat TF32 = new(10, 8);
    public static readonly FloatFormat BF16 = new(7, 8);
    public static readonly FloatFormat F16 = new(10, 5);
    public static readonly FloatFormat E5M2 = new(2, 5);
    public static readonly FloatFormat E4M3 = new(3, 4, HasInfinity: false);

    public int Bias => (1 << ExponentBits - 1) - 1;

    public int MinExponent => 1 - Bias;

    public int SignBit => FractionBits + ExponentBits;

    public double Largest => HasInfinity
        ? (2 - Math.ScaleB(1, -FractionBits)) * Math.ScaleB(1, Bias)
        : (2 - Math.ScaleB(1, 1 - FractionBits)) * Math.ScaleB(1, Bias + 1);

    /// <summary>The NaN that PTX instructions produce: all ones below the sign.</summary>
    public uint Nan => (1u << SignBit) - 1;

    /// <summary>Value of an encoding; exact.</summary>
    public double Decode(uint bits)
    {
        int exponent = (int)(bits >> FractionBits & (1u << ExponentBits) - 1);
        uint fraction = bits & (1u << FractionBits) - 1;
        double sign = (bits >> SignBit & 1) != 0 ? -1 : 1;
        bool top = exponent == (1 << ExponentBits) - 1;
        if (top && HasInfinity)
            return fraction == 0 ? sign * double.PositiveInfinity : double.NaN;
        if (top && fraction == (1u << FractionBits) - 1)
            return double.NaN;
        if (exponent == 0)
            return sign * Math.ScaleB(fraction, MinExponent - FractionBits);
        return sign * Math.ScaleB(fraction + (1u << FractionBits), exponent - Bias - FractionBits);
    }

    /// <summary>Rounds once. <paramref name="value"/> is exact, or rounded to odd, which rounds to the same.</summary>
    public uint Encode(double value, RoundingMode mode = RoundingMode.NearestEven, bool saturate = false)
    {
        if (double.IsNaN(value))
            return Nan;
        uint sign = double.IsNegative(value) ? 1u << SignBit : 0;
        double magnitude = Math.Abs(value);
        if (double.IsInfinity(magnitude))
            return sign | (saturate || !HasInfinity ? saturate ? EncodeExact(Largest) : Nan : Infinity);
        if (magnitude == 0)
            return sign;
        int exponent = Math.Max(Math.ILogB(magnitude), MinExponent) - FractionBits;
        double scaled = Math.ScaleB(magnitude, -exponent);
        double rounded = Round(scaled, mode, sign != 0);
        double result = Math.ScaleB(rounded, exponent);
        if (result <= Largest)
            return sign | EncodeExact(result);
        bool stays = mode == RoundingMode.TowardZero || (mode == RoundingMode.Down && sign == 0) || (mode == RoundingMode.Up && sign != 0);
        if (saturate || stays)
            return sign | EncodeExact(Largest);
        return HasInfinity ? sign | Infinity : sign | Nan;
    }

    private uint Infinity => ((1u << ExponentBits) - 1) << FractionBits;

    private static double Round(double scaled, RoundingMode mode, bool negative) => mode switch
    {
        RoundingMode.NearestEven => Math.Round(scaled, MidpointRounding.ToEven),
        RoundingMode.NearestAway => Math.Round(scaled, MidpointRounding.AwayFromZero),
        RoundingMode.TowardZero => Math.Truncate(scaled),
        RoundingMode.Down => negative ? Math.Ceiling(scaled) : Math.Floor(scaled),
        _ => negative ? Math.Floor(scaled) : Math.Ceiling(scaled),
    };

    private uint EncodeExact(double value)
    {
        if (value == 0)
            return 0;
        int exponent = Math.ILogB(value);
        if (exponent < MinExponent)
            return (uint)Math.ScaleB(value, FractionBits - MinExponent);
        uint fraction = (uint)(Math.ScaleB(value, FractionBits - exponent) - (1u << FractionBits));
        return (uint)(exponent + Bias) << FractionBits | fraction;
    }
}
