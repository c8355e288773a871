using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// The main loop of products on tensor cores (mma.sync): a CTA's tile of rows · columnsᵀ, both operands with their depths side by side.
/// Slices of 32 depths go through a ring in shared memory, by asynchronous copies of 16 bytes; while a warp multiplies 16 depths, it loads
/// the next 16.
/// </summary>
internal static class TileProduct<T, TTile>
    where T : unmanaged
    where TTile : IProductTile
{
    /// <summary>Depths of a slice.</summary>
    public const int Depth = 32;

    private const int MmaRows = 16, PairColumns = 16, MmaDepth = 16, Halves = Depth / MmaDepth;

    /// <summary>Threads of the CTA.</summary>
    public static int Threads => TTile.Rows / TTile.WarpRows * WarpsAcross * Warp.Size;

    /// <summary>Products of 16×8 of a warp: row tile by row tile, the columns of each side by side.</summary>
    public static int Sums => RowTiles * ColumnPairs * 2;

    /// <summary>Bytes of the ring for operands of 16 bits.</summary>
    public static int SharedBytes => TTile.Stages * (TTile.Rows + TTile.Columns) * Depth * 2;

    /// <summary>First row of this thread's warp in the tile.</summary>
    public static int WarpRow => Block.ThreadX / Warp.Size / WarpsAcross * TTile.WarpRows;

    /// <summary>First column of this thread's warp in the tile.</summary>
    public static int WarpColumn => Block.ThreadX / Warp.Size % WarpsAcross * TTile.WarpColumns;

    /// <summary>Tiles of 16 rows of a warp.</summary>
    public static int RowTiles => TTile.WarpRows / MmaRows;

    /// <summary>Pairs of 8 columns of a warp.</summary>
    public static int ColumnPairs => TTile.WarpColumns / PairColumns;

    private static int WarpsAcross => TTile.Columns / TTile.WarpColumns;

    /// <summary>Adds the products of a tile of operands of 16 bits to its sums. Afterwards the ring is free.</summary>
    /// <param name="rows">The left operand.</param>
    /// <param name="columns">The right operand.</param>
    /// <param name="ring"><see cref="SharedBytes"/> of shared memory.</param>
    /// <param name="firstRow">Of the tile.</param>
    /// <param name="firstColumn">Likewise.</param>
    /// <param name="begin">First depth, a multiple of eight.</param>
    /// <param name="end">Depth at which the loop may end.</param>
    /// <param name="sums"><see cref="Sums"/> of this thread.</param>
    public static void Add<TRows, TColumns>(
        TRows rows, TColumns columns, Shared<T> ring, int firstRow, int firstColumn, int begin, int end, Registers<MatrixC<float>> sums)
        where TRows : struct, ITileSource<T>
        where TColumns : struct, ITileSource<T> =>
        AddSlices(new PackedSlices<T, TTile, TRows, TColumns>(rows, columns), ring, firstRow, firstColumn, begin, end, sums);

    /// <summary>The same of operands in any storage.</summary>
    /// <param name="slices">Both operands.</param>
    /// <param name="ring">As many slices as the tile has stages.</param>
    /// <inheritdoc cref="Add"/>
    /// <param name="firstRow"/> <param name="firstColumn"/> <param name="begin"/> <param name="end"/> <param name="sums"/>
    public static void AddSlices<TSlices>(
        TSlices slices, Shared<T> ring, int firstRow, int firstColumn, int begin, int end, Registers<MatrixC<float>> sums)
        where TSlices : struct, ITileSlices<T>
    {
        Registers<MatrixA<T>> left = Registers.Of<MatrixA<T>>(2 * RowTiles);
        Registers<MatrixBPair<T>> right = Registers.Of<MatrixBPair<T>>(2 * TSlices.RightLoads);
        for (int stage = 0; stage < TTile.Stages - 1; stage++)
        {
            slices.Copy(ring.Slice(stage * TSlices.Numbers), firstRow, firstColumn, begin + stage * Depth);
            AsyncCopy.Commit();
        }
        AsyncCopy.WaitGroup(TTile.Stages - 2);
        Block.Sync();
        slices.Load(ring, 0, left, right);
        Shared<T> read = ring, write = Last<TSlices>(ring);
        for (int depth = begin; depth < end; depth += Depth)
        {
            for (int half = 0; half < Halves; half++)
            {
                if (half == Halves - 1)
                {
                    AsyncCopy.WaitGroup(TTile.Stages - 2);
                    Block.Sync();
                    read = Next<TSlices>(read, ring);
                }
                int next = (half + 1) % Halves;
                slices.Load(read, next, left.Slice(next * RowTiles), right.Slice(next * TSlices.RightLoads));
                if (half == 0)
                {
                    slices.Copy(write, firstRow, firstColumn, depth + (TTile.Stages - 1) * Depth);
                    AsyncCopy.Commit();
                    write = Next<TSlices>(write, ring);
                }
                Multiply(left.Slice(half * RowTiles), slices.Right(right.Slice(half * TSlices.RightLoads)), sums);
            }
        }
        AsyncCopy.WaitAll();
        Block.Sync();
    }

    private static Shared<T> Last<TSlices>(Shared<T> ring) where TSlices : struct, ITileSlices<T> =>
        ring.Slice((TTile.Stages - 1) * TSlices.Numbers);

    private static Shared<T> Next<TSlices>(Shared<T> slice, Shared<T> ring) where TSlices : struct, ITileSlices<T> =>
        slice.Address == Last<TSlices>(ring).Address ? ring : slice.Slice(TSlices.Numbers);

    private static void Multiply(Registers<MatrixA<T>> left, Registers<MatrixBPair<T>> right, Registers<MatrixC<float>> sums)
    {
        for (int i = 0; i < RowTiles; i++)
        {
            for (int j = 0; j < ColumnPairs; j++)
            {
                int sum = (i * ColumnPairs + j) * 2;
                sums[sum] = Mma.Multiply(left[i], right[j].First, sums[sum]);
                sums[sum + 1] = Mma.Multiply(left[i], right[j].Second, sums[sum + 1]);
            }
        }
    }
}
