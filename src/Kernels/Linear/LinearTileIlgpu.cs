using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

/// <summary>
/// A square tile of a product, in registers: where a thread stands in it, and the loop over the inputs. A tile has rows of x and rows of
/// W, half of which may be another matrix's. Sums are in the order of the inputs whatever the size of the tile.
/// </summary>
/// <param name="size">Rows of x, and as many of W: 128 for 256 threads, 64 for 64.</param>
internal readonly struct LinearTile(int size)
{
    /// <summary>Rows of the larger one.</summary>
    public const int Large = 128;

    /// <summary>Rows of the smaller one, for products with few of the larger.</summary>
    public const int Small = 64;

    private readonly int thread = Group.IdxX;

    /// <summary>Quads of shared memory for one operand of a tile: two stages.</summary>
    public const int LargeQuads = 2 * SharedTile.Depth * (Large / 4 + 1), SmallQuads = 2 * SharedTile.Depth * (Small / 4 + 1);

    /// <summary>Threads of a group.</summary>
    public static int Threads(int size) => size * size / (RegisterTile.Size * RegisterTile.Size);

    // A warp has 4 × 8 quads: what it reads of a line are 64 and 128 neighbouring bytes.
    private int WarpsOfRow => size / 64;

    /// <summary>The thread's first row in the tile; its others are the three that follow, and the same half a tile later.</summary>
    public int Row => ((thread >> 5) / WarpsOfRow * 4 + (thread >> 3 & 3)) * 4;

    /// <summary>The thread's first column, likewise.</summary>
    public int Column => ((thread >> 5 & WarpsOfRow - 1) * 8 + (thread & 7)) * 4;

    /// <summary>Half a tile.</summary>
    public int Half => size / 2;

    /// <summary>Products of rows of x and rows of W.</summary>
    /// <param name="x">[rows, inputs]</param>
    /// <param name="row">The tile's first row of x.</param>
    /// <param name="low">What the first half of the columns is multiplied with, [outputs, inputs].</param>
    /// <param name="lowColumn">The first of them.</param>
    /// <param name="high">The second half's, the same matrix or one of the same size.</param>
    /// <param name="highColumn">The first of them.</param>
    /// <param name="inputs">Products of a sum.</param>
    /// <param name="rows">Shared memory for the tile's part of x.</param>
    /// <param name="columns">Shared memory for W's.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RegisterTile Product<T, TWeight>(
        StoredRows<T> x, long row, StoredRows<TWeight> low, long lowColumn, StoredRows<TWeight> high, long highColumn, int inputs,
        ArrayView<Float4> rows, ArrayView<Float4> columns)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        int line = SharedTile.Line(size), loads = size * SharedTile.RowQuads / Threads(size);
        int loadRow = thread >> 1, loadQuad = thread & 1, loadColumn = loadQuad * 4;
        // The small tile's threads load two rows each, of both halves; the large one's, one.
        bool isHigh = loads == 1 && loadRow >= Half;
        StoredRows<TWeight> weight = isHigh ? high : low;
        long x0 = x.First(row + loadRow), x1 = x.First(row + Half + loadRow);
        long w0 = weight.First(isHigh ? highColumn + loadRow - Half : lowColumn + loadRow), w1 = high.First(highColumn + loadRow);
        ArrayView<float> rowNumbers = rows.Cast<float>(), columnNumbers = columns.Cast<float>();

        Stored4<T> nextX0 = x.Quad(x0, loadColumn), nextX1 = default;
        Stored4<TWeight> nextW0 = weight.Quad(w0, loadColumn), nextW1 = default;
        if (loads == 2)
        {
            nextX1 = x.Quad(x1, loadColumn);
            nextW1 = high.Quad(w1, loadColumn);
        }
        RegisterTile sums = default;
        int stage = 0;
        for (int k = SharedTile.Depth; ; k += SharedTile.Depth)
        {
            SharedTile.Store(rowNumbers, stage, line, loadRow, loadQuad, nextX0.Values);
            SharedTile.Store(columnNumbers, stage, line, loadRow, loadQuad, nextW0.Values);
            if (loads == 2)
            {
                SharedTile.Store(rowNumbers, stage, line, Half + loadRow, loadQuad, nextX1.Values);
                SharedTile.Store(columnNumbers, stage, line, Half + loadRow, loadQuad, nextW1.Values);
            }
            Group.Barrier(); // and whoever still multiplies the other stage has read all of it before the next
            if (k < inputs)
            {
                nextX0 = x.Quad(x0, k + loadColumn);
                nextW0 = weight.Quad(w0, k + loadColumn);
                if (loads == 2)
                {
                    nextX1 = x.Quad(x1, k + loadColumn);
                    nextW1 = high.Quad(w1, k + loadColumn);
                }
            }
            sums = sums.PlusStage(rows, stage * line + Row / 4, Half / 4, line, columns, stage * line + Column / 4, Half / 4, line);
            if (k >= inputs)
                return sums;
            stage = SharedTile.Depth - stage;
        }
    }
}
