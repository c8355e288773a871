using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// Operands of 16 bits. The four chunks of a row of a slice are exchanged by row, so that neither a copy nor a load has two chunks in a
/// bank.
/// </summary>
internal readonly struct PackedSlices<T, TTile, TRows, TColumns>(TRows rows, TColumns columns) : ITileSlices<T>
    where T : unmanaged
    where TTile : IProductTile
    where TRows : struct, ITileSource<T>
    where TColumns : struct, ITileSource<T>
{
    private const int Depth = TileProduct<T, TTile>.Depth, Chunk = CudaQueue.AccessBytes / 2, RowChunks = Depth / Chunk;

    /// <inheritdoc/>
    public static int Numbers => (TTile.Rows + TTile.Columns) * Depth;

    /// <inheritdoc/>
    public static int RightLoads => TileProduct<T, TTile>.ColumnPairs;

    /// <inheritdoc/>
    public void Copy(Shared<T> slice, int firstRow, int firstColumn, int depth)
    {
        Copy(rows, slice, firstRow, TTile.Rows, depth);
        Copy(columns, slice.Slice(TTile.Rows * Depth), firstColumn, TTile.Columns, depth);
    }

    /// <inheritdoc/>
    public void Load(Shared<T> slice, int half, Registers<MatrixA<T>> left, Registers<MatrixBPair<T>> right)
    {
        int lane = Block.ThreadX % Warp.Size, other = half * 2 * Chunk;
        int row = Place(TileProduct<T, TTile>.WarpRow + lane % 16, lane / 16);
        int column = TTile.Rows * Depth + Place(TileProduct<T, TTile>.WarpColumn + lane % 8 + lane / 16 * 8, lane / 8 % 2);
        for (int i = 0; i < TileProduct<T, TTile>.RowTiles; i++)
            left[i] = Mma.LoadA(ref slice[(row ^ other) + i * 16 * Depth]);
        for (int j = 0; j < RightLoads; j++)
            right[j] = Mma.LoadBPair(ref slice[(column ^ other) + j * 16 * Depth]);
    }

    /// <inheritdoc/>
    public Registers<MatrixBPair<T>> Right(Registers<MatrixBPair<T>> loaded) => loaded;

    /// <summary>Where a chunk of a row of a slice lies, in numbers.</summary>
    private static int Place(int row, int chunk) => row * Depth + (chunk ^ row / 2 % RowChunks) * Chunk;

    private static void Copy<TSource>(TSource source, Shared<T> slice, int first, int count, int depth)
        where TSource : struct, ITileSource<T>
    {
        int row = Block.ThreadX / RowChunks, chunk = Block.ThreadX % RowChunks, at = depth + chunk * Chunk, place = Place(row, chunk);
        for (int below = 0; below < count; below += TileProduct<T, TTile>.Threads / RowChunks)
        {
            AsyncCopy.Sixteen(
                ref slice[place + below * Depth], ref source.At(first + row + below, at), source.BytesAt(first + row + below, at));
        }
    }
}
