using System.Runtime.Intrinsics;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Single precision, rounded to nearest even, with PTX's one NaN (PTX ISA 9.7.3).</summary>
internal static class FloatFunctions
{
    public static readonly float Nan = BitConverter.UInt32BitsToSingle(0x7fffffff);

    public static float FlushToZero(float value) => MathF.Abs(value) < 1.17549435e-38f ? MathF.CopySign(0, value) : value;

    /// <summary>The operand as the mode reads it.</summary>
    public static float In<TMode>(float value) where TMode : IFloatMode => TMode.Flush ? FlushToZero(value) : value;

    /// <summary>The result as the mode writes it.</summary>
    public static float Out<TMode>(float value) where TMode : IFloatMode
    {
        if (TMode.Saturate)
            return float.IsNaN(value) || value <= 0 ? 0 : value > 1 ? 1 : TMode.Flush ? FlushToZero(value) : value;
        if (float.IsNaN(value))
            return Nan;
        return TMode.Flush ? FlushToZero(value) : value;
    }

    private static Vector256<float> In<TMode>(Vector256<float> value) where TMode : IFloatMode
    {
        if (!TMode.Flush)
            return value;
        Vector256<float> small = Vector256.LessThan(Vector256.Abs(value), Vector256.Create(1.17549435e-38f));
        return Vector256.ConditionalSelect(small, value & Vector256.Create(-0f), value);
    }

    private static Vector256<float> Out<TMode>(Vector256<float> value) where TMode : IFloatMode
    {
        Vector256<float> number = Vector256.Equals(value, value);
        if (TMode.Saturate)
        {
            // max with zero first: it gives the second operand for NaN, and +0 for -0
            Vector256<float> low = Vector256.ConditionalSelect(
                Vector256.GreaterThan(value, Vector256<float>.Zero), value, Vector256<float>.Zero);
            Vector256<float> high = Vector256.ConditionalSelect(
                Vector256.GreaterThan(low, Vector256<float>.One), Vector256<float>.One, low);
            return In<TMode>(high);
        }
        return In<TMode>(Vector256.ConditionalSelect(number, value, Vector256.Create(0x7fffffff).AsSingle()));
    }

    public readonly struct Add<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(In<TMode>(a) + In<TMode>(b));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) => Out<TMode>(In<TMode>(a) + In<TMode>(b));
    }

    public readonly struct Subtract<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(In<TMode>(a) - In<TMode>(b));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) => Out<TMode>(In<TMode>(a) - In<TMode>(b));
    }

    public readonly struct Multiply<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(In<TMode>(a) * In<TMode>(b));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) => Out<TMode>(In<TMode>(a) * In<TMode>(b));
    }

    public readonly struct MultiplyAdd<TMode> : ITernary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b, float c) =>
            Out<TMode>(MathF.FusedMultiplyAdd(In<TMode>(a), In<TMode>(b), In<TMode>(c)));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Out<TMode>(Vector256.FusedMultiplyAdd(In<TMode>(a), In<TMode>(b), In<TMode>(c)));
    }

    public readonly struct Divide<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static float Do(float a, float b) => Out<TMode>(In<TMode>(a) / In<TMode>(b));
    }

    /// <summary>The other operand if one is NaN; -0 counts as less than +0.</summary>
    public readonly struct Minimum<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(float.MinNumber(In<TMode>(a), In<TMode>(b)));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) =>
            Out<TMode>(Vector256.MinNumber(In<TMode>(a), In<TMode>(b)));
    }

    public readonly struct Maximum<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(float.MaxNumber(In<TMode>(a), In<TMode>(b)));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) =>
            Out<TMode>(Vector256.MaxNumber(In<TMode>(a), In<TMode>(b)));
    }

    public readonly struct MinimumNan<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(MathF.Min(In<TMode>(a), In<TMode>(b)));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) => Out<TMode>(Vector256.Min(In<TMode>(a), In<TMode>(b)));
    }

    public readonly struct MaximumNan<TMode> : IBinary<float> where TMode : IFloatMode
    {
        public static bool HasVector => true;
        public static float Do(float a, float b) => Out<TMode>(MathF.Max(In<TMode>(a), In<TMode>(b)));
        public static Vector256<float> Do(Vector256<float> a, Vector256<float> b) => Out<TMode>(Vector256.Max(In<TMode>(a), In<TMode>(b)));
    }
}
