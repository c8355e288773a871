using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>Rows of bf16, which are the upper halves of their fp32.</summary>
internal readonly unsafe struct BFloat16Rows : IStoredRows
{
    public static int Size => sizeof(ushort);

    public static float One(byte* source) => Widen.BFloat16ToFloat(*(ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load<TSimd, TVector>(byte* source)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged => TSimd.LoadBFloat16((ushort*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(byte* upper, byte* lower, out Vector256<float> first, out Vector256<float> second)
    {
        Vector256<ushort> both = Vector256.Create(Vector128.Load((ushort*)upper), Vector128.Load((ushort*)lower));
        first = Avx2.UnpackLow(Vector256<ushort>.Zero, both).AsSingle();
        second = Avx2.UnpackHigh(Vector256<ushort>.Zero, both).AsSingle();
    }
}
