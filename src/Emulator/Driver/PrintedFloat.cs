namespace CogVideoX.Emulator.Driver;

/// <summary>%f %e %g %a and their capitals, rounded to nearest even as the C library does.</summary>
internal static class PrintedFloat
{
    private const int UsualPrecision = 6;
    private const int FractionDigits = 13;   // hexadecimal ones of a double

    public static string Of(PrintConversion one, double value)
    {
        string sign = one.Sign(double.IsNegative(value));
        bool isUpper = char.IsAsciiLetterUpper(one.Kind);
        if (!double.IsFinite(value))
            return one.Pad(sign, Cased(double.IsNaN(value) ? "nan" : "inf", isUpper));
        double magnitude = Math.Abs(value);
        char kind = char.ToLowerInvariant(one.Kind);
        if (kind == 'a')
            return one.Pad(sign + Cased("0x", isUpper), Cased(Hexadecimal(magnitude, one), isUpper), one.Zero);
        DecimalDigits digits = DecimalDigits.Of(magnitude);
        int precision = one.Precision ?? UsualPrecision;
        string text = kind switch
        {
            'f' => Fixed(digits, precision, one.Alternate),
            'e' => Scientific(digits, precision, one.Alternate),
            _ => Shorter(digits, Math.Max(precision, 1), one.Alternate),
        };
        return one.Pad(sign, Cased(text, isUpper), one.Zero);
    }

    private static string Fixed(DecimalDigits exact, int precision, bool keepPoint)
    {
        (string digits, int point) = exact.Rounded(exact.Point + precision);
        string whole = point <= 0 ? "0" : digits.Length >= point ? digits[..point] : digits.PadRight(point, '0');
        string fraction = digits.Length <= Math.Max(point, 0) ? "" : point <= 0 ? new string('0', -point) + digits : digits[point..];
        return Joined(whole, fraction, precision, keepPoint);
    }

    private static string Scientific(DecimalDigits exact, int precision, bool keepPoint)
    {
        (string digits, int point) = exact.Rounded(precision + 1);
        int exponent = digits.Length == 0 ? 0 : point - 1;
        string mantissa = Joined(digits.Length == 0 ? "0" : digits[..1], digits.Length == 0 ? "" : digits[1..], precision, keepPoint);
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Shorter(DecimalDigits exact, int precision, bool keepZeros)
    {
        (string digits, int point) = exact.Rounded(precision);
        int exponent = digits.Length == 0 ? 0 : point - 1;
        bool isFixed = exponent >= -4 && exponent < precision;
        string text = isFixed ? Fixed(exact, precision - 1 - exponent, keepZeros) : Scientific(exact, precision - 1, keepZeros);
        if (keepZeros || !text.Contains('.'))
            return text;
        int end = text.IndexOf('e') is var e and >= 0 ? e : text.Length;
        return text[..end].TrimEnd('0').TrimEnd('.') + text[end..];
    }

    private static string Joined(string whole, string fraction, int precision, bool keepPoint)
    {
        string digits = fraction.Length > precision ? fraction[..precision] : fraction.PadRight(precision, '0');
        return precision > 0 || keepPoint ? $"{whole}.{digits}" : whole;
    }

    private static string Hexadecimal(double magnitude, PrintConversion one)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(magnitude);
        int exponent = (int)(bits >> 52) is var field and > 0 ? field - 1023 : magnitude == 0 ? 0 : -1022;
        ulong scaled = (bits & ((1UL << 52) - 1)) | (bits >> 52 == 0 ? 0 : 1UL << 52);
        int digits = Math.Min(one.Precision ?? FractionDigits, FractionDigits), cut = 4 * (FractionDigits - digits);
        if (cut > 0)
        {
            ulong rest = scaled & ((1UL << cut) - 1), half = 1UL << (cut - 1);
            scaled >>= cut;
            if (rest > half || (rest == half && (scaled & 1) == 1))
                scaled++;
        }
        string fraction = digits == 0 ? "" : $"{scaled & ((1UL << (4 * digits)) - 1):x}".PadLeft(digits, '0');
        if (one.Precision is null)
            fraction = fraction.TrimEnd('0');
        string whole = $"{scaled >> (4 * digits)}";
        string mantissa = Joined(whole, fraction, one.Precision ?? fraction.Length, one.Alternate);
        return $"{mantissa}p{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent)}";
    }

    private static string Cased(string text, bool isUpper) => isUpper ? text.ToUpperInvariant() : text;
}
