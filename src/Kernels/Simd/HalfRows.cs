using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>Rows of fp16.</summary>
internal readonly unsafe struct HalfRows : IStoredRows
{
    public static int Size => sizeof(ushort);

    public static float One(byte* source) => (float)*(Half*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.LoadHalf((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(byte* upper, byte* lower, out Vector256<float> first, out Vector256<float> second)
    {
        Vector256<short> both = Vector256.Create(Vector128.Load((short*)upper), Vector128.Load((short*)lower));
        // Each beside itself, shifted down to the sign-extended number.
        first = Simd256.FromHalf(Avx2.UnpackLow(both, both).AsInt32() >> 16);
        second = Simd256.FromHalf(Avx2.UnpackHigh(both, both).AsInt32() >> 16);
    }
}
