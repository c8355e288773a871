namespace CogVideoX.Emulator.Numerics;

/// <summary>
/// Sums and products of floats in double, rounded to odd: rounding such a result to single precision or less, in any mode,
/// gives the correctly rounded exact result (Boldo and Melquiond 2008).
/// </summary>
internal static class OddDouble
{
    public static double Add(double a, double b)
    {
        double sum = a + b;
        if (!double.IsFinite(sum))
            return sum;
        double bb = sum - a;
        double error = (a - (sum - bb)) + (b - bb);
        return MakeOdd(sum, error);
    }

    /// <summary>a·b + c for values of at most 24 bits, whose product double holds exactly.</summary>
    public static double MultiplyAdd(double a, double b, double c) => Add(a * b, c);

    public static double Divide(double a, double b)
    {
        double quotient = a / b;
        if (!double.IsFinite(quotient) || quotient == 0)
            return quotient;
        double rest = Math.FusedMultiplyAdd(-quotient, b, a);
        return MakeOdd(quotient, b < 0 ? -rest : rest);
    }

    public static double SquareRoot(double a)
    {
        double root = Math.Sqrt(a);
        if (!double.IsFinite(root) || root == 0)
            return root;
        return MakeOdd(root, Math.FusedMultiplyAdd(-root, root, a));
    }

    /// <summary>An integer of up to 64 bits.</summary>
    public static double FromInteger(Int128 value)
    {
        double nearest = (double)value;
        Int128 rest = value - (Int128)nearest;
        return MakeOdd(nearest, rest == 0 ? 0 : rest > 0 ? 1 : -1);
    }

    /// <summary>If something was rounded away, the last bit must be one: where it is zero, go one step towards the exact value.</summary>
    private static double MakeOdd(double value, double error)
    {
        if (error == 0 || (BitConverter.DoubleToInt64Bits(value) & 1) != 0)
            return value;
        return error > 0 ? Math.BitIncrement(value) : Math.BitDecrement(value);
    }
}
