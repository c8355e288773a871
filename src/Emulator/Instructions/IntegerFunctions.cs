using System.Numerics;
using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Integer arithmetic (PTX ISA 9.7.1).</summary>
internal static class IntegerFunctions
{
    public readonly struct Add<T> : IBinary<T> where T : unmanaged, INumber<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => unchecked(a + b);
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) => PartlyWritten.Upward(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => a + b;
    }

    public readonly struct Subtract<T> : IBinary<T> where T : unmanaged, INumber<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => unchecked(a - b);
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) => PartlyWritten.Upward(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => a - b;
    }

    public readonly struct MultiplyLow<T> : IBinary<T> where T : unmanaged, INumber<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => unchecked(a * b);
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b) => PartlyWritten.Upward(a, b);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => a * b;
    }

    public readonly struct MultiplyAddLow<T> : ITernary<T> where T : unmanaged, INumber<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b, T c) => unchecked(a * b + c);
        public static PartlyWritten? Carry(PartlyWritten a, PartlyWritten b, PartlyWritten c) =>
            PartlyWritten.Upward(PartlyWritten.Upward(a, b), c);
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b, Vector256<T> c) => a * b + c;
    }

    public readonly struct Minimum<T> : IBinary<T> where T : unmanaged, INumber<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => a < b ? a : b;
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);
    }

    public readonly struct Maximum<T> : IBinary<T> where T : unmanaged, INumber<T>
    {
        public static bool HasVector => true;
        public static T Do(T a, T b) => a > b ? a : b;
        public static Vector256<T> Do(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);
    }

    public readonly struct SaturatingAdd : IBinary<int>
    {
        public static int Do(int a, int b) => (int)long.Clamp((long)a + b, int.MinValue, int.MaxValue);
    }

    public readonly struct SaturatingSubtract : IBinary<int>
    {
        public static int Do(int a, int b) => (int)long.Clamp((long)a - b, int.MinValue, int.MaxValue);
    }

    public readonly struct Divide<T> : IBinary<T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static T Do(T a, T b) => b == ~T.Zero && T.IsNegative(b) ? unchecked(-a) : a / b;
    }

    public readonly struct Remainder<T> : IBinary<T> where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        public static T Do(T a, T b) => b == ~T.Zero && T.IsNegative(b) ? T.Zero : a % b;
    }

    /// <summary>|a − b| + c.</summary>
    public readonly struct SumOfDifference<T> : ITernary<T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Do(T a, T b, T c) => unchecked(c + (a < b ? b - a : a - b));
    }

    public readonly struct Negate<T> : IUnary<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Do(T a) => unchecked(T.Zero - a);
        public static PartlyWritten? Carry(PartlyWritten a) => PartlyWritten.Upward(a, default);
    }

    public readonly struct Absolute<T> : IUnary<T, T> where T : unmanaged, IBinaryInteger<T>
    {
        public static T Do(T a) => T.IsNegative(a) ? unchecked(T.Zero - a) : a;
    }

    public readonly struct PopulationCount<T> : IUnary<T, uint> where T : unmanaged, IBinaryInteger<T>
    {
        public static uint Do(T a) => uint.CreateTruncating(T.PopCount(a));
    }

    public readonly struct LeadingZeros<T> : IUnary<T, uint> where T : unmanaged, IBinaryInteger<T>
    {
        public static uint Do(T a) => uint.CreateTruncating(T.LeadingZeroCount(a));
    }

    public readonly struct WidenMultiply<TNarrow, TWide> : IBinaryWiden<TNarrow, TWide>
        where TNarrow : unmanaged, IBinaryInteger<TNarrow> where TWide : unmanaged, IBinaryInteger<TWide>
    {
        public static TWide Do(TNarrow a, TNarrow b) => unchecked(TWide.CreateTruncating(a) * TWide.CreateTruncating(b));
    }
}
