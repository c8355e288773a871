using CogVideoX.Emulator.Numerics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Arithmetic for <see cref="FloatLanes"/>.</summary>
internal static class FloatMath
{
    public static double Sum(double[] v, bool isDouble, RoundingMode mode) =>
        isDouble ? DoubleRounding.Add(v[0], v[1], mode) : OddDouble.Add(v[0], v[1]);

    public static double Difference(double[] v, bool isDouble, RoundingMode mode) =>
        isDouble ? DoubleRounding.Add(v[0], -v[1], mode) : OddDouble.Add(v[0], -v[1]);

    public static double Product(double[] v, bool isDouble, RoundingMode mode) =>
        isDouble ? DoubleRounding.Multiply(v[0], v[1], mode) : v[0] * v[1];

    public static double SumOfProduct(double[] v, bool isDouble, RoundingMode mode) =>
        isDouble ? DoubleRounding.MultiplyAdd(v[0], v[1], v[2], mode) : OddDouble.MultiplyAdd(v[0], v[1], v[2]);

    public static double Quotient(double[] v, bool isDouble, RoundingMode mode) =>
        isDouble ? DoubleRounding.Divide(v[0], v[1], mode) : OddDouble.Divide(v[0], v[1]);

    /// <summary>
    /// min (direction -1) or max (+1): numbers win over NaN unless asked; .xorsign.abs compares magnitudes (PTX ISA 9.7.3.11).
    /// </summary>
    public static double Extreme(double[] v, int direction, bool nan, bool magnitude)
    {
        double result = v[0];
        bool negative = double.IsNegative(v[0]);
        if (magnitude)
            result = Math.Abs(result);
        for (int i = 1; i < v.Length; i++)
        {
            negative ^= double.IsNegative(v[i]);
            double other = magnitude ? Math.Abs(v[i]) : v[i];
            if (nan)
                result = direction < 0 ? Math.Min(result, other) : Math.Max(result, other);
            else
                result = direction < 0 ? double.MinNumber(result, other) : double.MaxNumber(result, other);
        }
        return magnitude && negative ? -result : result;
    }

    public static FloatOperation? Elementary(string name) => name switch
    {
        "rcp" => (v, isDouble, mode) => isDouble ? DoubleRounding.Divide(1, v[0], mode) : OddDouble.Divide(1, v[0]),
        "sqrt" => (v, isDouble, mode) => isDouble ? DoubleRounding.SquareRoot(v[0], mode) : OddDouble.SquareRoot(v[0]),
        "rsqrt" => (v, _, _) => v[0] == 0 ? Math.CopySign(double.PositiveInfinity, v[0]) : 1 / Math.Sqrt(v[0]),
        "sin" => (v, _, _) => Math.Sin(v[0]),
        "cos" => (v, _, _) => Math.Cos(v[0]),
        "lg2" => (v, _, _) => Math.Log2(v[0]),
        "ex2" => (v, _, _) => Math.Pow(2, v[0]),
        "tanh" => (v, _, _) => Math.Tanh(v[0]),
        _ => null,
    };
}
