using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels.Simd;

/// <summary>
/// What brings rows to mean 0 and variance 1: (x − center) · scale + offset, for some neighbouring rows that stay in L1. They go
/// through each step together, since one row's chain of steps, which ends in a root and a division, would be waited for.
/// </summary>
internal readonly unsafe struct RowMoments<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : unmanaged
{
    private const int BlockFloats = 2048; // 8 KiB, and as much of the rows to come, in an L1 of 32
    private const int MostRows = 64;

    private readonly float* centers, scales, offsets;

    /// <param name="room"><see cref="Room"/> floats.</param>
    /// <param name="rows">Rows of a block.</param>
    public RowMoments(float* room, int rows)
    {
        int stride = Room(rows) / 3;
        centers = room;
        scales = room + stride;
        offsets = room + 2 * stride;
        new Span<float>(centers, rows).Clear();
        new Span<float>(scales, stride).Fill(1);
        new Span<float>(offsets, rows).Clear();
    }

    /// <summary>Floats that the moments of so many rows take: three a row, in whole vectors.</summary>
    public static int Room(int rows) => 3 * ((rows + TSimd.Lanes - 1) / TSimd.Lanes * TSimd.Lanes);

    /// <summary>Rows of <paramref name="width"/> numbers that stay in L1.</summary>
    public static int RowsPerBlock(int width) => Math.Clamp(BlockFloats / width, 1, MostRows);

    /// <summary>A number near the row's mean; 0 before <see cref="Measure"/>.</summary>
    public TVector Center(int row) => TSimd.Broadcast(centers[row]);

    /// <summary>1/√(variance + ε); 1 before <see cref="Measure"/>.</summary>
    public TVector Scale(int row) => TSimd.Broadcast(scales[row]);

    /// <summary>What the center lacks of the mean, times −scale: a mean far from zero can't be written down exactly.</summary>
    public TVector Offset(int row) => TSimd.Broadcast(offsets[row]);

    /// <summary>(value − center) · scale + offset of one number.</summary>
    public float Normal(float value, int row) => (value - centers[row]) * scales[row] + offsets[row];

    /// <summary>The moments of rows 0 … <paramref name="rows"/> − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Measure(float* x, int rows, int width, float epsilon)
    {
        int sampled = width <= 64 ? 1 : (1 + width / (64 * TSimd.Lanes)) * TSimd.Lanes;
        float share = 1f / width, sampledShare = 1f / sampled;
        for (int row = 0; row < rows; row++)
            centers[row] = Sample(x + (long)row * width, sampled) * sampledShare;
        for (int row = 0; row < rows; row++)
            Distances(x + (long)row * width, width, row, share, epsilon);
        for (int row = 0; row < rows; row += TSimd.Lanes)
            TSimd.Store(TSimd.Divide(TSimd.Broadcast(1), TSimd.Sqrt(TSimd.Load(scales + row))), scales + row);
        for (int row = 0; row < rows; row++)
            offsets[row] *= -scales[row];
    }

    // Of a 64th of the row or more. The mean of these is within 8 standard deviations of the row's mean, whatever the row holds:
    // the variance of distances from it loses six bits at worst, however far from zero they are, and usually none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sample(float* values, int count)
    {
        if (count < TSimd.Lanes)
            return values[0];
        TVector sum = TSimd.Load(values);
        for (int i = TSimd.Lanes; i < count; i += TSimd.Lanes)
            sum = TSimd.Add(sum, TSimd.Load(values + i));
        return TSimd.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Distances(float* values, int width, int row, float share, float epsilon)
    {
        int step = 4 * TSimd.Lanes, whole = width / step * step;
        float origin = centers[row];
        TVector center = TSimd.Broadcast(origin);
        TVector sum0 = default, sum1 = default, square0 = default, square1 = default, square2 = default, square3 = default;
        for (int i = 0; i < whole; i += step)
        {
            TVector d0 = TSimd.Subtract(TSimd.Load(values + i), center);
            TVector d1 = TSimd.Subtract(TSimd.Load(values + i + TSimd.Lanes), center);
            TVector d2 = TSimd.Subtract(TSimd.Load(values + i + 2 * TSimd.Lanes), center);
            TVector d3 = TSimd.Subtract(TSimd.Load(values + i + 3 * TSimd.Lanes), center);
            sum0 = TSimd.Add(sum0, TSimd.Add(d0, d1));
            sum1 = TSimd.Add(sum1, TSimd.Add(d2, d3));
            square0 = TSimd.MultiplyAdd(d0, d0, square0);
            square1 = TSimd.MultiplyAdd(d1, d1, square1);
            square2 = TSimd.MultiplyAdd(d2, d2, square2);
            square3 = TSimd.MultiplyAdd(d3, d3, square3);
        }
        float sum = TSimd.Sum(TSimd.Add(sum0, sum1));
        float square = TSimd.Sum(TSimd.Add(TSimd.Add(square0, square1), TSimd.Add(square2, square3)));
        for (int i = whole; i < width; i++)
        {
            float d = values[i] - origin;
            sum += d;
            square += d * d;
        }
        float rest = sum * share, variance = square * share - rest * rest;
        offsets[row] = rest;
        scales[row] = (variance < 0 ? 0 : variance) + epsilon;
    }
}
