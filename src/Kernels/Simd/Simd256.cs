using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>8 lanes.</summary>
internal readonly unsafe struct Simd256 : ISimd<Vector256<float>>
{
    public static int Lanes => 8;

    public static int Registers => Avx512F.VL.IsSupported ? 32 : 16;

    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    public static Vector256<float> LoadBFloat16(ushort* source) =>
        (Vector256.WidenLower(Vector128.Load(source).ToVector256Unsafe()) << 16).AsSingle();

    public static Vector256<float> LoadHalf(ushort* source) =>
        FromHalf(Vector256.WidenLower(Vector128.Load((short*)source).ToVector256Unsafe()));

    public static void Store(Vector256<float> value, float* destination) => value.Store(destination);

    public static Vector256<float> PairBFloat16(Vector256<float> even, Vector256<float> odd)
    {
        Vector256<uint> half = Vector256.Create(0x8000u), upper = Vector256.Create(0xFFFF0000);
        return (((even.AsUInt32() + half) >> 16) | ((odd.AsUInt32() + half) & upper)).AsSingle();
    }

    public static void StoreNonTemporal(Vector256<float> value, float* destination) => value.StoreAlignedNonTemporal(destination);

    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    public static Vector256<float> Add(Vector256<float> a, Vector256<float> b) => a + b;

    public static Vector256<float> Subtract(Vector256<float> a, Vector256<float> b) => a - b;

    public static Vector256<float> Multiply(Vector256<float> a, Vector256<float> b) => a * b;

    public static Vector256<float> Divide(Vector256<float> a, Vector256<float> b) => a / b;

    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Vector256.MultiplyAddEstimate(a, b, c);

    public static Vector256<float> Min(Vector256<float> a, Vector256<float> b) => Vector256.MinNative(a, b);

    public static Vector256<float> Max(Vector256<float> a, Vector256<float> b) => Vector256.MaxNative(a, b);

    public static Vector256<float> Abs(Vector256<float> a) => Vector256.Abs(a);

    public static Vector256<float> Sqrt(Vector256<float> a) => Vector256.Sqrt(a);

    public static Vector256<float> CopySign(Vector256<float> magnitude, Vector256<float> sign) => Vector256.CopySign(magnitude, sign);

    public static Vector256<float> WhereLess(Vector256<float> a, Vector256<float> b, Vector256<float> then, Vector256<float> otherwise) =>
        Vector256.ConditionalSelect(Vector256.LessThan(a, b), then, otherwise);

    public static float Sum(Vector256<float> value) => Vector128.Sum(value.GetLower() + value.GetUpper());

    public static Vector256<float> PowerOfTwo(Vector256<float> shifted) => (shifted.AsInt32() << 23).AsSingle();

    public static Vector256<float> TimesI(Vector256<float> value) =>
        Vector256.Shuffle(value, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)) * Vector256.Create(-1f, 1f, -1f, 1f, -1f, 1f, -1f, 1f);

    /// <summary>Lanes from the bits of fp16, sign-extended.</summary>
    internal static Vector256<float> FromHalf(Vector256<int> bits)
    {
        // sign, exponent and fraction in the places of fp32
        Vector256<int> moved = (bits << 13) & Vector256.Create(unchecked((int)0x8FFFE000));
        // exponents are smaller by 112; this serves subnormals too
        Vector256<int> value = (moved.AsSingle() * Vector256.Create(5.192297e33f)).AsInt32();
        // infinite or not a number
        Vector256<int> isSpecial = Vector256.GreaterThan(moved & Vector256.Create(int.MaxValue), Vector256.Create(0x0F7FE000));
        return (value | (isSpecial & Vector256.Create(0x7F800000))).AsSingle();
    }
}
