using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>4 lanes.</summary>
internal readonly unsafe struct Simd128 : ISimd<Vector128<float>>
{
    public static int Lanes => 4;

    public static int Registers => Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported ? 32 : 16;

    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    public static Vector128<float> LoadBFloat16(ushort* source) =>
        (Vector128.WidenLower(Vector64.Load(source).ToVector128Unsafe()) << 16).AsSingle();

    public static Vector128<float> LoadHalf(ushort* source) =>
        FromHalf(Vector128.WidenLower(Vector64.Load((short*)source).ToVector128Unsafe()));

    public static void Store(Vector128<float> value, float* destination) => value.Store(destination);

    public static Vector128<float> PairBFloat16(Vector128<float> even, Vector128<float> odd)
    {
        Vector128<uint> half = Vector128.Create(0x8000u), upper = Vector128.Create(0xFFFF0000);
        return (((even.AsUInt32() + half) >> 16) | ((odd.AsUInt32() + half) & upper)).AsSingle();
    }

    public static void StoreNonTemporal(Vector128<float> value, float* destination) => value.StoreAlignedNonTemporal(destination);

    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    public static Vector128<float> Add(Vector128<float> a, Vector128<float> b) => a + b;

    public static Vector128<float> Subtract(Vector128<float> a, Vector128<float> b) => a - b;

    public static Vector128<float> Multiply(Vector128<float> a, Vector128<float> b) => a * b;

    public static Vector128<float> Divide(Vector128<float> a, Vector128<float> b) => a / b;

    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Vector128.MultiplyAddEstimate(a, b, c);

    public static Vector128<float> Min(Vector128<float> a, Vector128<float> b) => Vector128.MinNative(a, b);

    public static Vector128<float> Max(Vector128<float> a, Vector128<float> b) => Vector128.MaxNative(a, b);

    public static Vector128<float> Abs(Vector128<float> a) => Vector128.Abs(a);

    public static Vector128<float> Sqrt(Vector128<float> a) => Vector128.Sqrt(a);

    public static Vector128<float> CopySign(Vector128<float> magnitude, Vector128<float> sign) => Vector128.CopySign(magnitude, sign);

    public static Vector128<float> WhereLess(Vector128<float> a, Vector128<float> b, Vector128<float> then, Vector128<float> otherwise) =>
        Vector128.ConditionalSelect(Vector128.LessThan(a, b), then, otherwise);

    public static float Sum(Vector128<float> value) => Vector128.Sum(value);

    public static Vector128<float> PowerOfTwo(Vector128<float> shifted) => (shifted.AsInt32() << 23).AsSingle();

    public static Vector128<float> TimesI(Vector128<float> value) =>
        Vector128.Shuffle(value, Vector128.Create(1, 0, 3, 2)) * Vector128.Create(-1f, 1f, -1f, 1f);

    /// <summary>Lanes from the bits of fp16, sign-extended.</summary>
    internal static Vector128<float> FromHalf(Vector128<int> bits)
    {
        // sign, exponent and fraction in the places of fp32
        Vector128<int> moved = (bits << 13) & Vector128.Create(unchecked((int)0x8FFFE000));
        // exponents are smaller by 112; this serves subnormals too
        Vector128<int> value = (moved.AsSingle() * Vector128.Create(5.192297e33f)).AsInt32();
        // infinite or not a number
        Vector128<int> isSpecial = Vector128.GreaterThan(moved & Vector128.Create(int.MaxValue), Vector128.Create(0x0F7FE000));
        return (value | (isSpecial & Vector128.Create(0x7F800000))).AsSingle();
    }
}
