using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// The innermost product of the matrix kernels, after BLIS (Van Zee and van de Geijn, "BLIS", ACM TOMS 41:3): a tile of
/// <see cref="Rows"/> rows by two vectors of columns stays in registers, while packed panels of both factors stream past it.
/// Twelve sums hide the latency of two FMA pipes, and with two vectors of B and one broadcast of A they fill sixteen
/// registers; where there are thirty-two, the tile is twice as high.
/// </summary>
internal static unsafe class MicroKernel<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private const int LowRows = 6;

    /// <summary>Rows of a tile.</summary>
    public static int Rows
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TSimd.Registers >= 32 ? TallMicroKernel<TSimd, TVector>.Rows : LowRows;
    }

    /// <summary>Columns of a tile.</summary>
    public static int Columns => 2 * TSimd.Lanes;

    /// <summary>
    /// c[i, j] (+)= Σₖ a[k, i] · b[k, j] for one whole tile. Each element is one chain of multiply-adds in the order of k,
    /// so that it doesn't depend on where tiles begin or how large they are.
    /// </summary>
    /// <param name="a">[depth, <see cref="Rows"/>], without gaps</param>
    /// <param name="b">[depth, <see cref="Columns"/>], without gaps</param>
    /// <param name="c">[<see cref="Rows"/>, <see cref="Columns"/>], rows <paramref name="cStride"/> apart</param>
    /// <param name="accumulate">Chains go on from c, exactly; otherwise they begin at zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(float* a, float* b, nint depth, float* c, nint cStride, bool accumulate)
    {
        if (TSimd.Registers >= 32)
            TallMicroKernel<TSimd, TVector>.Run(a, b, depth, c, cStride, accumulate);
        else
            RunLow(a, b, depth, c, cStride, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunLow(float* a, float* b, nint depth, float* c, nint cStride, bool accumulate)
    {
        TVector c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default;
        TVector c30 = default, c31 = default, c40 = default, c41 = default, c50 = default, c51 = default;
        if (accumulate)
        {
            Get(out c00, out c01, c);
            Get(out c10, out c11, c + cStride);
            Get(out c20, out c21, c + 2 * cStride);
            Get(out c30, out c31, c + 3 * cStride);
            Get(out c40, out c41, c + 4 * cStride);
            Get(out c50, out c51, c + 5 * cStride);
        }
        else
        {
            PrefetchTile(c, cStride, LowRows);
        }
        int step = 2 * TSimd.Lanes;
        float* end = a + depth * LowRows, wholeEnd = a + (depth & ~3) * LowRows;
        for (; a < wholeEnd; a += 4 * LowRows, b += 4 * step)
        {
            Step(a, b,
                ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            Step(a + LowRows, b + step,
                ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            Step(a + 2 * LowRows, b + 2 * step,
                ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
            Step(a + 3 * LowRows, b + 3 * step,
                ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
        }
        for (; a < end; a += LowRows, b += step)
        {
            Step(a, b,
                ref c00, ref c01, ref c10, ref c11, ref c20, ref c21, ref c30, ref c31, ref c40, ref c41, ref c50, ref c51);
        }
        Put(c00, c01, c);
        Put(c10, c11, c + cStride);
        Put(c20, c21, c + 2 * cStride);
        Put(c30, c31, c + 3 * cStride);
        Put(c40, c41, c + 4 * cStride);
        Put(c50, c51, c + 5 * cStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(
        float* a, float* b, ref TVector c00, ref TVector c01, ref TVector c10, ref TVector c11, ref TVector c20, ref TVector c21,
        ref TVector c30, ref TVector c31, ref TVector c40, ref TVector c41, ref TVector c50, ref TVector c51)
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
    }

    /// <summary>Asks for the rows of a result, which are far apart, so that they are there when the sums are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void PrefetchTile(float* c, nint cStride, int rows)
    {
        if (!Sse.IsSupported)
            return;
        for (int i = 0; i < rows; i++, c += cStride)
        {
            Sse.Prefetch0(c);
            Sse.Prefetch0(c + Columns - 1);
        }
    }

    /// <summary>One row of a result, to go on from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Get(out TVector left, out TVector right, float* c)
    {
        left = TSimd.Load(c);
        right = TSimd.Load(c + TSimd.Lanes);
    }

    /// <summary>One row of a result.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Put(TVector left, TVector right, float* c)
    {
        TSimd.Store(left, c);
        TSimd.Store(right, c + TSimd.Lanes);
    }
}
