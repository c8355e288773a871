using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels.Simd;

/// <summary>Rows of fp32.</summary>
internal readonly unsafe struct FloatRows : IStoredRows
{
    public static int Size => sizeof(float);

    public static float One(byte* source) => *(float*)source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(byte* upper, byte* lower, out Vector256<float> first, out Vector256<float> second)
    {
        first = Vector256.Create(Vector128.Load((float*)upper), Vector128.Load((float*)lower));
        second = Vector256.Create(Vector128.Load((float*)upper + 4), Vector128.Load((float*)lower + 4));
    }
}
