using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels.Simd;

/// <summary>Packing for <see cref="MicroKernel{TSimd, TVector}"/>: a panel is [depth, columns] without gaps, zero past the edge.</summary>
internal static unsafe class Panels
{
    /// <summary>panel[k, j] = rows[j, k]: what a product with a transposed matrix needs.</summary>
    /// <param name="rows">[count, depth], rows <paramref name="stride"/> apart</param>
    /// <param name="count">How many of the panel's columns there are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* rows, long stride, int count, int depth, float* panel, int columns)
    {
        int j = 0;
        if (Avx.IsSupported)
        {
            for (; j + 8 <= count; j += 8)
            {
                float* source = rows + j * stride;
                int k = 0;
                for (; k + 8 <= depth; k += 8)
                    Transpose8(source + k, stride, panel + (long)k * columns + j, columns);
                for (; k < depth; k++)
                {
                    for (int i = 0; i < 8; i++)
                        panel[(long)k * columns + j + i] = source[i * stride + k];
                }
            }
        }
        for (; j < columns; j++)
        {
            float* source = rows + j * stride;
            for (int k = 0; k < depth; k++)
                panel[(long)k * columns + j] = j < count ? source[k] : 0;
        }
    }

    /// <summary>
    /// Asks for rows that will be packed soon. They are short and far apart, so the hardware foresees nothing, and packing would
    /// wait for memory row by row.
    /// </summary>
    /// <param name="rows">The first row.</param>
    /// <param name="strideBytes">From a row to the next.</param>
    /// <param name="rowBytes">Bytes wanted of each.</param>
    public static void Prefetch(void* rows, long strideBytes, int count, int rowBytes)
    {
        const int line = 64;
        if (!Sse.IsSupported)
            return;
        for (byte* row = (byte*)rows; count > 0; count--, row += strideBytes)
        {
            for (int i = 0; i < rowBytes; i += line)
                Sse.Prefetch1(row + i);
        }
    }

    // Rows i and i + 4 share a register from the load on, so that the rest are in-lane shuffles.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose8(float* source, long stride, float* target, int targetStride)
    {
        for (int half = 0; half < 8; half += 4, source += 4)
        {
            Vector256<float> row04 = Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * stride));
            Vector256<float> row15 = Vector256.Create(Vector128.Load(source + stride), Vector128.Load(source + 5 * stride));
            Vector256<float> row26 = Vector256.Create(Vector128.Load(source + 2 * stride), Vector128.Load(source + 6 * stride));
            Vector256<float> row37 = Vector256.Create(Vector128.Load(source + 3 * stride), Vector128.Load(source + 7 * stride));
            Vector256<float> low01 = Avx.UnpackLow(row04, row15), high01 = Avx.UnpackHigh(row04, row15);
            Vector256<float> low23 = Avx.UnpackLow(row26, row37), high23 = Avx.UnpackHigh(row26, row37);
            Avx.Shuffle(low01, low23, 0x44).Store(target);
            Avx.Shuffle(low01, low23, 0xEE).Store(target + targetStride);
            Avx.Shuffle(high01, high23, 0x44).Store(target + 2 * targetStride);
            Avx.Shuffle(high01, high23, 0xEE).Store(target + 3 * targetStride);
            target += 4 * targetStride;
        }
    }
}
