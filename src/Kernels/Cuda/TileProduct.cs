using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// The main loop of products on tensor cores (mma.sync): a CTA's tile of rows · columnsᵀ, both operands with their depths side by side.
/// Slices of 32 depths go through a ring in shared memory, by asynchronous copies of 16 bytes; while a warp multiplies 16 depths, it loads
/// the next 16. The four chunks of a row of a slice are exchanged by row, so that neither a copy nor a load has two chunks in a bank.
/// </summary>
internal static class TileProduct<T, TTile>
    where T : unmanaged
    where TTile : IProductTile
{
    /// <summary>Depths of a slice.</summary>
    public const int Depth = 32;

    private const int Chunk = CudaQueue.AccessBytes / 2, RowChunks = Depth / Chunk;
    private const int MmaRows = 16, PairColumns = 16, MmaDepth = 16, Halves = Depth / MmaDepth;

    /// <summary>Threads of the CTA.</summary>
    public static int Threads => TTile.Rows / TTile.WarpRows * WarpsAcross * Warp.Size;

    /// <summary>Products of 16×8 of a warp: row tile by row tile, the columns of each side by side.</summary>
    public static int Sums => RowTiles * ColumnPairs * 2;

    /// <summary>Bytes of the ring.</summary>
    public static int SharedBytes => TTile.Stages * SliceNumbers * 2;

    /// <summary>First row of this thread's warp in the tile.</summary>
    public static int WarpRow => Block.ThreadX / Warp.Size / WarpsAcross * TTile.WarpRows;

    /// <summary>First column of this thread's warp in the tile.</summary>
    public static int WarpColumn => Block.ThreadX / Warp.Size % WarpsAcross * TTile.WarpColumns;

    private static int WarpsAcross => TTile.Columns / TTile.WarpColumns;

    private static int RowTiles => TTile.WarpRows / MmaRows;

    private static int ColumnPairs => TTile.WarpColumns / PairColumns;

    private static int SliceNumbers => (TTile.Rows + TTile.Columns) * Depth;

    /// <summary>Adds the products of a tile to its sums. Afterwards the ring is free.</summary>
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
        where TColumns : struct, ITileSource<T>
    {
        int lane = Block.ThreadX % Warp.Size;
        int left = Place(WarpRow + lane % 16, lane / 16);
        int right = TTile.Rows * Depth + Place(WarpColumn + lane % 8 + lane / 16 * 8, lane / 8 % 2);
        Registers<MatrixA<T>> leftParts = Registers.Of<MatrixA<T>>(2 * RowTiles);
        Registers<MatrixBPair<T>> rightParts = Registers.Of<MatrixBPair<T>>(2 * ColumnPairs);
        for (int stage = 0; stage < TTile.Stages - 1; stage++)
        {
            Copy(rows, columns, ring.Slice(stage * SliceNumbers), firstRow, firstColumn, begin + stage * Depth);
            AsyncCopy.Commit();
        }
        AsyncCopy.WaitGroup(TTile.Stages - 2);
        Block.Sync();
        Load(ring, left, right, 0, leftParts, rightParts);
        Shared<T> read = ring, write = Last(ring);
        for (int depth = begin; depth < end; depth += Depth)
        {
            for (int half = 0; half < Halves; half++)
            {
                if (half == Halves - 1)
                {
                    AsyncCopy.WaitGroup(TTile.Stages - 2);
                    Block.Sync();
                    read = Next(read, ring);
                }
                Load(read, left, right, (half + 1) % Halves, leftParts, rightParts);
                if (half == 0)
                {
                    Copy(rows, columns, write, firstRow, firstColumn, depth + (TTile.Stages - 1) * Depth);
                    AsyncCopy.Commit();
                    write = Next(write, ring);
                }
                Multiply(leftParts.Slice(half % 2 * RowTiles), rightParts.Slice(half % 2 * ColumnPairs), sums);
            }
        }
        AsyncCopy.WaitAll();
        Block.Sync();
    }

    private static Shared<T> Last(Shared<T> ring) => ring.Slice((TTile.Stages - 1) * SliceNumbers);

    private static Shared<T> Next(Shared<T> slice, Shared<T> ring) =>
        slice.Address == Last(ring).Address ? ring : slice.Slice(SliceNumbers);

    /// <summary>Where a chunk of a row of a slice lies, in numbers.</summary>
    private static int Place(int row, int chunk) => row * Depth + (chunk ^ row / 2 % RowChunks) * Chunk;

    private static void Copy<TRows, TColumns>(
        TRows rows, TColumns columns, Shared<T> slice, int firstRow, int firstColumn, int depth)
        where TRows : struct, ITileSource<T>
        where TColumns : struct, ITileSource<T>
    {
        Copy(rows, slice, firstRow, TTile.Rows, depth);
        Copy(columns, slice.Slice(TTile.Rows * Depth), firstColumn, TTile.Columns, depth);
    }

    private static void Copy<TSource>(TSource source, Shared<T> slice, int first, int count, int depth)
        where TSource : struct, ITileSource<T>
    {
        int row = Block.ThreadX / RowChunks, chunk = Block.ThreadX % RowChunks, at = depth + chunk * Chunk, place = Place(row, chunk);
        for (int below = 0; below < count; below += Threads / RowChunks)
        {
            AsyncCopy.Sixteen(
                ref slice[place + below * Depth], ref source.At(first + row + below, at), source.BytesAt(first + row + below, at));
        }
    }

    private static void Load(
        Shared<T> slice, int left, int right, int half, Registers<MatrixA<T>> leftParts, Registers<MatrixBPair<T>> rightParts)
    {
        int other = half * 2 * Chunk;
        for (int i = 0; i < RowTiles; i++)
            leftParts[half % 2 * RowTiles + i] = Mma.LoadA(ref slice[(left ^ other) + i * MmaRows * Depth]);
        for (int j = 0; j < ColumnPairs; j++)
            rightParts[half % 2 * ColumnPairs + j] = Mma.LoadBPair(ref slice[(right ^ other) + j * PairColumns * Depth]);
    }

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
