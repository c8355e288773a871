using System.Numerics;

namespace CogVideoX.Emulator.Numerics;

/// <summary>significand · 2^exponent, without limits.</summary>
internal readonly record struct Exact(BigInteger Significand, int Exponent)
{
    public static Exact Of(double value)
    {
        if (value == 0)
            return new Exact(0, 0);
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7ff);
        long fraction = bits & 0xf_ffff_ffff_ffff;
        long significand = exponent == 0 ? fraction : fraction | 1L << 52;
        return new Exact(value < 0 ? -significand : significand, Math.Max(exponent, 1) - 1075);
    }

    public Exact Times(Exact other) => new(Significand * other.Significand, Exponent + other.Exponent);

    public Exact Plus(Exact other)
    {
        int low = Math.Min(Exponent, other.Exponent);
        return new Exact((Significand << Exponent - low) + (other.Significand << other.Exponent - low), low);
    }

    /// <summary>Rounds in a directed mode.</summary>
    public double ToDouble(RoundingMode mode)
    {
        if (Significand.IsZero)
            return mode == RoundingMode.Down ? -0.0 : 0.0;
        bool negative = Significand.Sign < 0;
        BigInteger magnitude = BigInteger.Abs(Significand);
        int top = (int)magnitude.GetBitLength() + Exponent;   // value < 2^top
        int last = Math.Max(top - 53, -1074), cut = last - Exponent;
        BigInteger kept = cut > 0 ? magnitude >> cut : magnitude << -cut;
        bool inexact = cut > 0 && kept << cut != magnitude;
        if (inexact && (mode == RoundingMode.Up && !negative || mode == RoundingMode.Down && negative))
            kept += 1;
        double result = Math.ScaleB((double)kept, last);
        if (double.IsInfinity(result) && (mode == RoundingMode.TowardZero || (mode == RoundingMode.Up) == negative))
            result = double.MaxValue;
        return negative ? -result : result;
    }
}
