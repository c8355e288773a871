using System.Runtime.CompilerServices;

namespace CogVideoX.Kernels;

/// <summary>
/// A permutation of dimensions in its shortest form: dimensions of size 1 dropped, neighbours that stay neighbours merged.
/// Dimensions are those of the result, outermost first.
/// </summary>
internal readonly struct PermutePlan
{
    /// <summary>The most dimensions.</summary>
    public const int MaxRank = 8;

    private readonly Extents sizes;
    private readonly Extents strides;

    /// <param name="sizes">The sizes of the source.</param>
    /// <param name="order">For each dimension of the result, which dimension of the source it is.</param>
    public PermutePlan(ReadOnlySpan<int> sizes, ReadOnlySpan<int> order)
    {
        Span<long> sourceStrides = stackalloc long[MaxRank];
        long stride = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            sourceStrides[i] = stride;
            stride *= sizes[i];
        }
        Count = stride;
        foreach (int dimension in order)
        {
            if (sizes[dimension] == 1)
                continue;
            if (Rank > 0 && strides[Rank - 1] == sourceStrides[dimension] * sizes[dimension])
            {
                this.sizes[Rank - 1] *= sizes[dimension];
                strides[Rank - 1] = sourceStrides[dimension];
                continue;
            }
            this.sizes[Rank] = sizes[dimension];
            strides[Rank++] = sourceStrides[dimension];
        }
    }

    /// <summary>How many dimensions are left; 0 for at most one element.</summary>
    public int Rank { get; }

    /// <summary>How many elements.</summary>
    public long Count { get; }

    /// <summary>The size of a dimension of the result.</summary>
    public long Size(int dimension) => sizes[dimension];

    /// <summary>How far apart its neighbours lie in the source, in elements.</summary>
    public long SourceStride(int dimension) => strides[dimension];

    /// <summary>How far apart its neighbours lie in the result, in elements.</summary>
    public long ResultStride(int dimension)
    {
        long stride = 1;
        for (int i = dimension + 1; i < Rank; i++)
            stride *= sizes[i];
        return stride;
    }

    /// <summary>
    /// Where an index lies that counts row by row through all dimensions but two (−1 for none), which stay at 0.
    /// </summary>
    public (long Source, long Result) Offsets(long index, int leftOut, int alsoLeftOut)
    {
        long source = 0, result = 0, resultStride = 1;
        for (int i = Rank - 1; i >= 0; i--)
        {
            if (i != leftOut && i != alsoLeftOut)
            {
                (index, long position) = Math.DivRem(index, sizes[i]);
                source += position * strides[i];
                result += position * resultStride;
            }
            resultStride *= sizes[i];
        }
        return (source, result);
    }

    [InlineArray(MaxRank)]
    private struct Extents
    {
        private long first;
    }
}
