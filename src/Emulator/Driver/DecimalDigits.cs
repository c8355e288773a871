using System.Numerics;

namespace CogVideoX.Emulator.Driver;

/// <summary>A number that isn't negative, in all its decimal digits: 0.DIGITS times ten to the power of <see cref="Point"/>.</summary>
internal readonly record struct DecimalDigits(string Digits, int Point)
{
    public static DecimalDigits Of(double value)
    {
        if (value == 0)
            return new("", 0);
        ulong bits = BitConverter.DoubleToUInt64Bits(value), mantissa = bits & ((1UL << 52) - 1);
        int exponent = (int)(bits >> 52 & 0x7ff);
        if (exponent == 0)
            exponent = 1;
        else
            mantissa |= 1UL << 52;
        int power = exponent - 1075;
        string digits = (power >= 0 ? (BigInteger)mantissa << power : mantissa * BigInteger.Pow(5, -power)).ToString();
        return new(digits, digits.Length + Math.Min(power, 0));
    }

    /// <summary>The first so many digits, rounded to nearest even; they may have become one more, and then the point moves.</summary>
    public DecimalDigits Rounded(int keep)
    {
        if (keep >= Digits.Length)
            return this;
        if (keep < 0)
            return new("", 0);
        char next = Digits[keep];
        bool isHalf = next == '5' && !Digits.AsSpan(keep + 1).ContainsAnyExcept('0');
        bool up = isHalf ? keep > 0 && (Digits[keep - 1] - '0') % 2 == 1 : next >= '5';
        char[] kept = Digits[..keep].ToCharArray();
        if (!up)
            return new(new string(kept), keep == 0 ? 0 : Point);
        int at = keep - 1;
        while (at >= 0 && kept[at] == '9')
            kept[at--] = '0';
        if (at < 0)
            return new("1" + new string(kept), Point + 1);
        kept[at]++;
        return new(new string(kept), Point);
    }
}
