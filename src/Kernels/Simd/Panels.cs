using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>Packing for <see cref="MicroKernel{TSimd, TVector}"/>: rows become columns of a panel.</summary>
internal static unsafe class Panels
{
    /// <summary>
    /// Room in floats past the last element of a target, where <see cref="Transpose"/> may write: more than a group, so that what
    /// follows in a worker's memory stays aligned to cache lines.
    /// </summary>
    public const int Spill = 16;

    private const int CacheLine = 64;
    private const int Group = 8, WideGroup = 16;

    /// <summary>
    /// target[k, j] = rows[j, k]. Columns past <paramref name="count"/>, up to the next multiple of 8, repeat
    /// the last, and may lie in the next row of the target, which is written after; so panels are packed in the order of addresses.
    /// </summary>
    /// <param name="rows">[count, depth]</param>
    /// <param name="strideBytes">From a row to the next.</param>
    /// <param name="targetStride">From a row of the target to the next, in floats; at least <paramref name="count"/>.</param>
    public static void Transpose<TRows>(void* rows, long strideBytes, int count, int depth, float* target, int targetStride)
        where TRows : struct, IStoredRows
    {
        int wide = 0;
        if (Avx512F.IsSupported && TRows.Size == sizeof(float))
        {
            for (; wide + WideGroup <= count; wide += WideGroup)
                TransposeWideGroup<TRows>((byte*)rows + wide * strideBytes, strideBytes, depth, target + wide, targetStride);
        }
        // From right to left, so that what spills into the next row is overwritten by what belongs there.
        for (int j = (count - 1) / Group * Group; j >= wide; j -= Group)
            TransposeGroup<TRows>((byte*)rows + j * strideBytes, strideBytes, Math.Min(Group, count - j), depth, target + j, targetStride);
    }

    /// <summary>
    /// Asks for rows that will be read soon. They are short and far apart, so the hardware foresees nothing, and packing would
    /// wait for memory row by row.
    /// </summary>
    /// <param name="rows">The first row.</param>
    /// <param name="strideBytes">From a row to the next.</param>
    /// <param name="rowBytes">Bytes wanted of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prefetch(void* rows, long strideBytes, int count, int rowBytes)
    {
        if (!Sse.IsSupported)
            return;
        for (byte* row = (byte*)rows; count > 0; count--, row += strideBytes)
        {
            for (int i = 0; i < rowBytes; i += CacheLine)
                Sse.Prefetch1(row + i);
        }
    }

    // Sixteen rows of 32 bits, sixteen columns at a time: pairs, then fours of rows within 128 bits, then those.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeWideGroup<TRows>(byte* rows, long strideBytes, int depth, float* target, int targetStride)
        where TRows : struct, IStoredRows
    {
        int k = 0;
        for (; k + WideGroup <= depth; k += WideGroup, target += WideGroup * (nint)targetStride)
        {
            byte* row = rows + k * sizeof(float);
            Fours(row, strideBytes, out Vector512<long> a0, out Vector512<long> a1, out Vector512<long> a2, out Vector512<long> a3);
            Fours(
                row + 4 * strideBytes, strideBytes,
                out Vector512<long> b0, out Vector512<long> b1, out Vector512<long> b2, out Vector512<long> b3);
            Fours(
                row + 8 * strideBytes, strideBytes,
                out Vector512<long> c0, out Vector512<long> c1, out Vector512<long> c2, out Vector512<long> c3);
            Fours(
                row + 12 * strideBytes, strideBytes,
                out Vector512<long> d0, out Vector512<long> d1, out Vector512<long> d2, out Vector512<long> d3);
            StoreFours(a0, b0, c0, d0, target, targetStride);
            StoreFours(a1, b1, c1, d1, target + targetStride, targetStride);
            StoreFours(a2, b2, c2, d2, target + 2 * (nint)targetStride, targetStride);
            StoreFours(a3, b3, c3, d3, target + 3 * (nint)targetStride, targetStride);
        }
        for (; k < depth; k++, target += targetStride)
        {
            for (int j = 0; j < WideGroup; j++)
                target[j] = TRows.One(rows + j * strideBytes + k * TRows.Size);
        }
    }

    // Of four rows: columns i, i + 4, i + 8, i + 12 in the four parts of the i-th.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fours(
        byte* row, long strideBytes, out Vector512<long> first, out Vector512<long> second, out Vector512<long> third,
        out Vector512<long> fourth)
    {
        Vector512<int> a = Vector512.Load((int*)row), b = Vector512.Load((int*)(row + strideBytes));
        Vector512<int> c = Vector512.Load((int*)(row + 2 * strideBytes)), d = Vector512.Load((int*)(row + 3 * strideBytes));
        Vector512<long> lowAb = Avx512F.UnpackLow(a, b).AsInt64(), highAb = Avx512F.UnpackHigh(a, b).AsInt64();
        Vector512<long> lowCd = Avx512F.UnpackLow(c, d).AsInt64(), highCd = Avx512F.UnpackHigh(c, d).AsInt64();
        first = Avx512F.UnpackLow(lowAb, lowCd);
        second = Avx512F.UnpackHigh(lowAb, lowCd);
        third = Avx512F.UnpackLow(highAb, highCd);
        fourth = Avx512F.UnpackHigh(highAb, highCd);
    }

    // Columns 0, 4, 8 and 12 of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFours(
        Vector512<long> a, Vector512<long> b, Vector512<long> c, Vector512<long> d, float* target, int targetStride)
    {
        const byte Even = 0x88, Odd = 0xDD;
        Vector512<long> evenAb = Avx512F.Shuffle4x128(a, b, Even), oddAb = Avx512F.Shuffle4x128(a, b, Odd);
        Vector512<long> evenCd = Avx512F.Shuffle4x128(c, d, Even), oddCd = Avx512F.Shuffle4x128(c, d, Odd);
        nint step = 4 * (nint)targetStride;
        Avx512F.Shuffle4x128(evenAb, evenCd, Even).AsSingle().Store(target);
        Avx512F.Shuffle4x128(oddAb, oddCd, Even).AsSingle().Store(target + step);
        Avx512F.Shuffle4x128(evenAb, evenCd, Odd).AsSingle().Store(target + 2 * step);
        Avx512F.Shuffle4x128(oddAb, oddCd, Odd).AsSingle().Store(target + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransposeGroup<TRows>(byte* rows, long strideBytes, int count, int depth, float* target, int targetStride)
        where TRows : struct, IStoredRows
    {
        int k = 0;
        if (Avx2.IsSupported)
        {
            byte* row1 = rows + Math.Min(1, count - 1) * strideBytes, row2 = rows + Math.Min(2, count - 1) * strideBytes;
            byte* row3 = rows + Math.Min(3, count - 1) * strideBytes, row4 = rows + Math.Min(4, count - 1) * strideBytes;
            byte* row5 = rows + Math.Min(5, count - 1) * strideBytes, row6 = rows + Math.Min(6, count - 1) * strideBytes;
            byte* row7 = rows + Math.Min(7, count - 1) * strideBytes;
            for (; k + Group <= depth; k += Group)
            {
                nint at = k * TRows.Size;
                TRows.LoadPair(rows + at, row4 + at, out Vector256<float> first04, out Vector256<float> second04);
                TRows.LoadPair(row1 + at, row5 + at, out Vector256<float> first15, out Vector256<float> second15);
                TRows.LoadPair(row2 + at, row6 + at, out Vector256<float> first26, out Vector256<float> second26);
                TRows.LoadPair(row3 + at, row7 + at, out Vector256<float> first37, out Vector256<float> second37);
                StoreColumns(first04, first15, first26, first37, target, targetStride);
                target += 4 * (nint)targetStride;
                StoreColumns(second04, second15, second26, second37, target, targetStride);
                target += 4 * (nint)targetStride;
            }
        }
        for (; k < depth; k++, target += targetStride)
        {
            for (int j = 0; j < count; j++)
                target[j] = TRows.One(rows + j * strideBytes + k * TRows.Size);
        }
    }

    // Rows i and i + 4 share a register from the load on, so that the rest are in-lane shuffles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreColumns(
        Vector256<float> row04, Vector256<float> row15, Vector256<float> row26, Vector256<float> row37, float* target, nint stride)
    {
        Vector256<float> low01 = Avx.UnpackLow(row04, row15), high01 = Avx.UnpackHigh(row04, row15);
        Vector256<float> low23 = Avx.UnpackLow(row26, row37), high23 = Avx.UnpackHigh(row26, row37);
        Avx.Shuffle(low01, low23, 0x44).Store(target);
        Avx.Shuffle(low01, low23, 0xEE).Store(target + stride);
        Avx.Shuffle(high01, high23, 0x44).Store(target + 2 * stride);
        Avx.Shuffle(high01, high23, 0xEE).Store(target + 3 * stride);
    }
}
