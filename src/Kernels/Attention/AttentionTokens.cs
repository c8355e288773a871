using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

/// <summary>The tokens of an operand as the portable attention reads and writes them: by quads of a head.</summary>
/// <typeparam name="T">How its numbers are stored.</typeparam>
internal readonly unsafe struct AttentionTokens<T> where T : unmanaged, IStored<T>
{
    private readonly ArrayView<T> numbers;
    private readonly ArrayView<Stored4<T>> quads; // empty where they aren't aligned
    private readonly int stride;
    private readonly int width;

    /// <param name="queue">Where it is launched.</param>
    /// <param name="operand">[tokens, heads, width], tokens a stride apart</param>
    public AttentionTokens(IlgpuQueue queue, Elements operand, long tokens, long stride, int heads, int width)
    {
        // To the end of the last token's heads: what lies beside them may be others', or nobody's.
        long count = tokens == 0 ? 0 : (tokens - 1) * stride + (long)heads * width;
        _ = checked((int)(stride * AttentionTile.Size)); // how far apart a tile's numbers are at most
        this.stride = (int)stride;
        this.width = width;
        numbers = tokens == 0 ? ArrayView<T>.Empty : queue.View<T>(operand, count);
        quads = tokens > 0 && ((nint)operand.Address | (stride | (long)width) * sizeof(T)) % sizeof(Stored4<T>) == 0
            ? queue.View<Stored4<T>>(operand, count / 4)
            : ArrayView<Stored4<T>>.Empty;
    }

    /// <summary>Where the heads of a token begin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long First(long token) => token * stride;

    /// <summary>
    /// Puts a tile of numbers into shared memory, with the last row again where there are no more, and zeros in the last columns' quad:
    /// nothing else beyond the columns is written for anyone to use. Quads of a row are permuted by the number of its four rows.
    /// </summary>
    /// <param name="first">Where the head of the first row's token begins.</param>
    /// <param name="column">The first column.</param>
    /// <param name="rows">How many tokens there are from the first row on.</param>
    /// <param name="target">[rows, quads] of a tile</param>
    /// <param name="swizzle">Which bits of the permutation; 0 for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(long first, int column, int rows, ArrayView<Float4> target, int swizzle)
    {
        int quad = Group.IdxX % AttentionTile.Quads, lastRow = rows - 1, lastColumn = XMath.Min(width - column, AttentionTile.Size) - 1;
        long from = first + column + XMath.Min(quad, lastColumn >> 2) * 4; // whatever is read, it is there to be read
        if (quads.Length > 0)
        {
            ArrayView<Stored4<T>> source = quads.SubView(from >> 2);
            for (int row = Group.IdxX / AttentionTile.Quads; row < AttentionTile.Size; row += 4 * AttentionTile.RowsAtOnce)
            {
                int row1 = row + AttentionTile.RowsAtOnce, row2 = row1 + AttentionTile.RowsAtOnce, row3 = row2 + AttentionTile.RowsAtOnce;
                Stored4<T> a = source[XMath.Min(row, lastRow) * (stride >> 2)], b = source[XMath.Min(row1, lastRow) * (stride >> 2)];
                Stored4<T> c = source[XMath.Min(row2, lastRow) * (stride >> 2)], d = source[XMath.Min(row3, lastRow) * (stride >> 2)];
                target[AttentionTile.Place(row, quad, swizzle)] = a.Values;
                target[AttentionTile.Place(row1, quad, swizzle)] = b.Values;
                target[AttentionTile.Place(row2, quad, swizzle)] = c.Values;
                target[AttentionTile.Place(row3, quad, swizzle)] = d.Values;
            }
        }
        else
        {
            int left = lastColumn - quad * 4;
            for (int row = Group.IdxX / AttentionTile.Quads; row < AttentionTile.Size; row += AttentionTile.RowsAtOnce)
            {
                long index = from + XMath.Min(row, lastRow) * stride;
                target[AttentionTile.Place(row, quad, swizzle)] = new Float4(
                    numbers[index].Value,
                    left > 0 ? numbers[index + 1].Value : 0,
                    left > 1 ? numbers[index + 2].Value : 0,
                    left > 2 ? numbers[index + 3].Value : 0);
            }
        }
    }

    /// <summary>Stores a quad of results, or those of its numbers that there are.</summary>
    /// <param name="first">Where the head begins.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(long first, int column, Float4 values)
    {
        long index = first + column;
        int left = width - column;
        if (left > 0 && quads.Length > 0)
        {
            quads[index >> 2] = Stored4<T>.From(values);
        }
        else
        {
            T type = default;
            if (left > 0)
                numbers[index] = type.From(values.X);
            if (left > 1)
                numbers[index + 1] = type.From(values.Y);
            if (left > 2)
                numbers[index + 2] = type.From(values.Z);
            if (left > 3)
                numbers[index + 3] = type.From(values.W);
        }
    }
}
