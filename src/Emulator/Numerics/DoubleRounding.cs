using System.Numerics;

namespace CogVideoX.Emulator.Numerics;

/// <summary>Double precision in the four rounding modes: nearest by the processor, the others from the exact value.</summary>
internal static class DoubleRounding
{
    public static double Add(double a, double b, RoundingMode mode)
    {
        double near = a + b;
        if (mode == RoundingMode.NearestEven || !double.IsFinite(a) || !double.IsFinite(b))
            return near;
        if (a == 0 && b == 0)
            return double.IsNegative(a) == double.IsNegative(b) ? a : ZeroOf(mode);
        return Exact.Of(a).Plus(Exact.Of(b)).ToDouble(mode);
    }

    public static double Multiply(double a, double b, RoundingMode mode)
    {
        double near = a * b;
        if (mode == RoundingMode.NearestEven || !double.IsFinite(a) || !double.IsFinite(b) || a == 0 || b == 0)
            return near;
        return Exact.Of(a).Times(Exact.Of(b)).ToDouble(mode);
    }

    public static double MultiplyAdd(double a, double b, double c, RoundingMode mode)
    {
        double near = Math.FusedMultiplyAdd(a, b, c);
        if (mode == RoundingMode.NearestEven || !double.IsFinite(a) || !double.IsFinite(b) || !double.IsFinite(c))
            return near;
        if (a == 0 || b == 0)
            return Add(a * b, c, mode);
        return Exact.Of(a).Times(Exact.Of(b)).Plus(Exact.Of(c)).ToDouble(mode);
    }

    public static double Divide(double a, double b, RoundingMode mode)
    {
        double near = a / b;
        if (mode == RoundingMode.NearestEven || !double.IsFinite(near) && b == 0 || !double.IsFinite(a) || !double.IsFinite(b) || a == 0)
            return near;
        // enough bits that one more, for what is left over, decides every rounding
        Exact x = Exact.Of(a), y = Exact.Of(b);
        BigInteger quotient = BigInteger.DivRem(x.Significand << 1200, y.Significand, out BigInteger rest);
        return new Exact(
            (quotient << 1) + (rest.IsZero ? 0 : rest.Sign * y.Significand.Sign), x.Exponent - y.Exponent - 1201).ToDouble(mode);
    }

    public static double SquareRoot(double a, RoundingMode mode)
    {
        double near = Math.Sqrt(a);
        if (mode == RoundingMode.NearestEven || !double.IsFinite(near) || a == 0)
            return near;
        // the processor's root is the nearest: whether its square lies above or below says where the root does
        int side = Exact.Of(near).Times(Exact.Of(near)).Plus(Exact.Of(-a)).Significand.Sign;
        if (side > 0 && mode is RoundingMode.TowardZero or RoundingMode.Down)
            return Math.BitDecrement(near);
        return side < 0 && mode == RoundingMode.Up ? Math.BitIncrement(near) : near;
    }

    private static double ZeroOf(RoundingMode mode) => mode == RoundingMode.Down ? -0.0 : 0.0;
}
