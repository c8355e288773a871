using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Simd;

/// <summary>16 lanes.</summary>
internal readonly unsafe struct Simd512 : ISimd<Vector512<float>>
{
    public static int Lanes => 16;

    public static int Registers => 32;

    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    public static Vector512<float> LoadBFloat16(ushort* source) =>
        (Vector512.WidenLower(Vector256.Load(source).ToVector512Unsafe()) << 16).AsSingle();

    public static Vector512<float> LoadHalf(ushort* source) =>
        FromHalf(Vector512.WidenLower(Vector256.Load((short*)source).ToVector512Unsafe()));

    public static void Store(Vector512<float> value, float* destination) => value.Store(destination);

    public static Vector512<float> PairBFloat16(Vector512<float> even, Vector512<float> odd)
    {
        Vector512<uint> half = Vector512.Create(0x8000u), upper = Vector512.Create(0xFFFF0000);
        return (((even.AsUInt32() + half) >> 16) | ((odd.AsUInt32() + half) & upper)).AsSingle();
    }

    public static void StoreNonTemporal(Vector512<float> value, float* destination) => value.StoreAlignedNonTemporal(destination);

    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    public static Vector512<float> Add(Vector512<float> a, Vector512<float> b) => a + b;

    public static Vector512<float> Subtract(Vector512<float> a, Vector512<float> b) => a - b;

    public static Vector512<float> Multiply(Vector512<float> a, Vector512<float> b) => a * b;

    public static Vector512<float> Divide(Vector512<float> a, Vector512<float> b) => a / b;

    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Vector512.MultiplyAddEstimate(a, b, c);

    public static Vector512<float> Min(Vector512<float> a, Vector512<float> b) => Vector512.MinNative(a, b);

    public static Vector512<float> Max(Vector512<float> a, Vector512<float> b) => Vector512.MaxNative(a, b);

    public static Vector512<float> Abs(Vector512<float> a) => Vector512.Abs(a);

    public static Vector512<float> Sqrt(Vector512<float> a) => Vector512.Sqrt(a);

    public static Vector512<float> CopySign(Vector512<float> magnitude, Vector512<float> sign) => Vector512.CopySign(magnitude, sign);

    public static Vector512<float> WhereLess(Vector512<float> a, Vector512<float> b, Vector512<float> then, Vector512<float> otherwise) =>
        Vector512.ConditionalSelect(Vector512.LessThan(a, b), then, otherwise);

    public static float Sum(Vector512<float> value) => Simd256.Sum(value.GetLower() + value.GetUpper());

    public static Vector512<float> PowerOfTwo(Vector512<float> shifted) => (shifted.AsInt32() << 23).AsSingle();

    public static Vector512<float> TimesI(Vector512<float> value) =>
        Vector512.Shuffle(value, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14))
        * Vector512.Create(-1f, 1f, -1f, 1f, -1f, 1f, -1f, 1f, -1f, 1f, -1f, 1f, -1f, 1f, -1f, 1f);

    /// <summary>Lanes from the bits of fp16, sign-extended.</summary>
    internal static Vector512<float> FromHalf(Vector512<int> bits)
    {
        // sign, exponent and fraction in the places of fp32
        Vector512<int> moved = (bits << 13) & Vector512.Create(unchecked((int)0x8FFFE000));
        // exponents are smaller by 112; this serves subnormals too
        Vector512<int> value = (moved.AsSingle() * Vector512.Create(5.192297e33f)).AsInt32();
        // infinite or not a number
        Vector512<int> isSpecial = Vector512.GreaterThan(moved & Vector512.Create(int.MaxValue), Vector512.Create(0x0F7FE000));
        return (value | (isSpecial & Vector512.Create(0x7F800000))).AsSingle();
    }
}
