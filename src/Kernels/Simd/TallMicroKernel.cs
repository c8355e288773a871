using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// The tile of <see cref="MicroKernel{TSimd, TVector}"/> for thirty-two registers: twenty-four sums, two vectors of B, one of A.
/// </summary>
internal static unsafe class TallMicroKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 12;

    /// <summary>As <see cref="MicroKernel{TSimd, TVector}.Run"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* a, float* b, nint depth, float* c, nint cStride, bool accumulate)
    {
        TVector c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        TVector c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        TVector c60 = default, c61 = default, c70 = default, c71 = default, c80 = default, c81 = default;
        TVector c90 = default, c91 = default, ca0 = default, ca1 = default, cb0 = default, cb1 = default;
        if (accumulate)
        {
            MicroKernel<TSimd, TVector>.Get(out c00, out c01, c);
            MicroKernel<TSimd, TVector>.Get(out c10, out c11, c + cStride);
            MicroKernel<TSimd, TVector>.Get(out c20, out c21, c + 2 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c30, out c31, c + 3 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c40, out c41, c + 4 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c50, out c51, c + 5 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c60, out c61, c + 6 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c70, out c71, c + 7 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c80, out c81, c + 8 * cStride);
            MicroKernel<TSimd, TVector>.Get(out c90, out c91, c + 9 * cStride);
            MicroKernel<TSimd, TVector>.Get(out ca0, out ca1, c + 10 * cStride);
            MicroKernel<TSimd, TVector>.Get(out cb0, out cb1, c + 11 * cStride);
        }
        else
        {
            MicroKernel<TSimd, TVector>.PrefetchTile(c, cStride, Rows);
        }
        for (float* end = a + depth * Rows; a < end; a += Rows, b += 2 * TSimd.Lanes)
        {
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Lanes);
            TVector x = TSimd.Broadcast(a[0]);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a[1]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a[2]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(a[3]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            x = TSimd.Broadcast(a[4]);
            c40 = TSimd.MultiplyAdd(x, b0, c40);
            c41 = TSimd.MultiplyAdd(x, b1, c41);
            x = TSimd.Broadcast(a[5]);
            c50 = TSimd.MultiplyAdd(x, b0, c50);
            c51 = TSimd.MultiplyAdd(x, b1, c51);
            x = TSimd.Broadcast(a[6]);
            c60 = TSimd.MultiplyAdd(x, b0, c60);
            c61 = TSimd.MultiplyAdd(x, b1, c61);
            x = TSimd.Broadcast(a[7]);
            c70 = TSimd.MultiplyAdd(x, b0, c70);
            c71 = TSimd.MultiplyAdd(x, b1, c71);
            x = TSimd.Broadcast(a[8]);
            c80 = TSimd.MultiplyAdd(x, b0, c80);
            c81 = TSimd.MultiplyAdd(x, b1, c81);
            x = TSimd.Broadcast(a[9]);
            c90 = TSimd.MultiplyAdd(x, b0, c90);
            c91 = TSimd.MultiplyAdd(x, b1, c91);
            x = TSimd.Broadcast(a[10]);
            ca0 = TSimd.MultiplyAdd(x, b0, ca0);
            ca1 = TSimd.MultiplyAdd(x, b1, ca1);
            x = TSimd.Broadcast(a[11]);
            cb0 = TSimd.MultiplyAdd(x, b0, cb0);
            cb1 = TSimd.MultiplyAdd(x, b1, cb1);
        }
        MicroKernel<TSimd, TVector>.Put(c00, c01, c);
        MicroKernel<TSimd, TVector>.Put(c10, c11, c + cStride);
        MicroKernel<TSimd, TVector>.Put(c20, c21, c + 2 * cStride);
        MicroKernel<TSimd, TVector>.Put(c30, c31, c + 3 * cStride);
        MicroKernel<TSimd, TVector>.Put(c40, c41, c + 4 * cStride);
        MicroKernel<TSimd, TVector>.Put(c50, c51, c + 5 * cStride);
        MicroKernel<TSimd, TVector>.Put(c60, c61, c + 6 * cStride);
        MicroKernel<TSimd, TVector>.Put(c70, c71, c + 7 * cStride);
        MicroKernel<TSimd, TVector>.Put(c80, c81, c + 8 * cStride);
        MicroKernel<TSimd, TVector>.Put(c90, c91, c + 9 * cStride);
        MicroKernel<TSimd, TVector>.Put(ca0, ca1, c + 10 * cStride);
        MicroKernel<TSimd, TVector>.Put(cb0, cb1, c + 11 * cStride);
    }
}
