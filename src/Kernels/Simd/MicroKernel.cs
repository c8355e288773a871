using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// The innermost product of every matrix kernel: six rows by two vectors of columns, held in twelve registers, as BLIS does on
/// Zen (Van Zee and van de Geijn, "BLIS", ACM TOMS 41:3). Twelve independent sums hide the latency of two FMA pipes, and with
/// two vectors of B and one broadcast of A they fill the sixteen registers of AVX2.
/// </summary>
internal static unsafe class MicroKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 6;

    /// <summary>Columns of a tile.</summary>
    public static int Columns => 2 * TSimd.Lanes;

    /// <summary>
    /// c[i, j] (+)= Σₖ a[i, k] · b[k, j] for one whole tile. Each element is one chain of multiply-adds in the order of k,
    /// so that it doesn't depend on where tiles begin.
    /// </summary>
    /// <param name="a">[6, depth], rows <paramref name="aStride"/> apart</param>
    /// <param name="b">[depth, columns], without gaps</param>
    /// <param name="c">[6, columns], rows <paramref name="cStride"/> apart</param>
    /// <param name="accumulate">Adds to c, which is overwritten otherwise.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* a, nint aStride, float* b, nint depth, float* c, nint cStride, bool accumulate)
    {
        TVector c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        TVector c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        float* a3 = a + 3 * aStride, next = a + Rows * aStride;
        PrefetchTile(c, cStride);
        for (float* end = a + depth; a < end; a++, a3++, next += Rows, b += 2 * TSimd.Lanes)
        {
            Prefetch(next);
            TVector b0 = TSimd.Load(b), b1 = TSimd.Load(b + TSimd.Lanes);
            TVector x = TSimd.Broadcast(a[0]);
            c00 = TSimd.MultiplyAdd(x, b0, c00);
            c01 = TSimd.MultiplyAdd(x, b1, c01);
            x = TSimd.Broadcast(a[aStride]);
            c10 = TSimd.MultiplyAdd(x, b0, c10);
            c11 = TSimd.MultiplyAdd(x, b1, c11);
            x = TSimd.Broadcast(a[2 * aStride]);
            c20 = TSimd.MultiplyAdd(x, b0, c20);
            c21 = TSimd.MultiplyAdd(x, b1, c21);
            x = TSimd.Broadcast(a3[0]);
            c30 = TSimd.MultiplyAdd(x, b0, c30);
            c31 = TSimd.MultiplyAdd(x, b1, c31);
            x = TSimd.Broadcast(a3[aStride]);
            c40 = TSimd.MultiplyAdd(x, b0, c40);
            c41 = TSimd.MultiplyAdd(x, b1, c41);
            x = TSimd.Broadcast(a3[2 * aStride]);
            c50 = TSimd.MultiplyAdd(x, b0, c50);
            c51 = TSimd.MultiplyAdd(x, b1, c51);
        }
        Put(c00, c01, c, accumulate);
        Put(c10, c11, c + cStride, accumulate);
        Put(c20, c21, c + 2 * cStride, accumulate);
        Put(c30, c31, c + 3 * cStride, accumulate);
        Put(c40, c41, c + 4 * cStride, accumulate);
        Put(c50, c51, c + 5 * cStride, accumulate);
    }

    // The results, and while this tile is computed the rows of the next: six short rows side by side are too many streams for
    // the hardware to foresee (without this, a quarter of the speed is lost as soon as rows come from L2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PrefetchTile(float* c, nint cStride)
    {
        for (int i = 0; i < Rows; i++, c += cStride)
        {
            Prefetch(c);
            Prefetch(c + Columns - 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* address)
    {
        if (Sse.IsSupported)
            Sse.Prefetch0(address);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(TVector left, TVector right, float* c, bool accumulate)
    {
        if (accumulate)
        {
            left = TSimd.Add(left, TSimd.Load(c));
            right = TSimd.Add(right, TSimd.Load(c + TSimd.Lanes));
        }
        TSimd.Store(left, c);
        TSimd.Store(right, c + TSimd.Lanes);
    }
}
