using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// From sums that lie across a warp's lanes as tensor cores leave them to eight neighbours a lane, so that what is read beside them and
/// written goes 16 bytes at a time: each warp takes its rows through shared memory, 32 at a time.
/// </summary>
internal static class TileResult<T, TTile>
    where T : unmanaged
    where TTile : IProductTile
{
    private const int StripRows = 32, MmaRows = 16, MmaColumns = 8, Chunk = 8;

    // Between 32 columns, and between rows: neither stores of pairs nor loads of fours of a warp of 64 columns meet in a bank.
    private const int Gap = 4, RowGap = 8;

    private static int Pitch => TTile.WarpColumns + RowGap;

    /// <summary>Bytes of shared memory that this takes.</summary>
    public static int SharedBytes => TileProduct<T, TTile>.Threads / Warp.Size * StripRows * Pitch * sizeof(float);

    /// <summary>Hands the sums of a tile to their ending; rows and columns that the result doesn't have are left out.</summary>
    /// <param name="sums">As <see cref="TileProduct{T, TTile}"/> has them.</param>
    /// <param name="shared"><see cref="SharedBytes"/> of shared memory.</param>
    /// <param name="firstRow">Of the tile.</param>
    /// <param name="firstColumn">Likewise.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="ending">What becomes of the sums.</param>
    public static void Finish<TEnding>(
        Registers<MatrixC<float>> sums, Shared<float> shared, int firstRow, int firstColumn, int rows, int columns, TEnding ending)
        where TEnding : struct, ITileEnding
    {
        Shared<float> strip = shared.Slice(Block.ThreadX / Warp.Size * StripRows * Pitch);
        int row = firstRow + TileProduct<T, TTile>.WarpRow, column = firstColumn + TileProduct<T, TTile>.WarpColumn;
        for (int i = 0; i < TTile.WarpRows; i += StripRows)
        {
            if (i > 0)
                Warp.Sync();
            for (int j = 0; j < StripRows; j += MmaRows)
                Store(sums.Slice((i + j) / MmaRows * (TTile.WarpColumns / MmaColumns)), strip.Slice(j * Pitch));
            Warp.Sync();
            if (ending.TakesEights)
                HandEights(strip, row + i, column, rows, columns, ending);
            else
                HandEach(strip, row + i, column, rows, columns, ending);
        }
    }

    private static int Place(int column) => column + column / Warp.Size * Gap;

    private static void Store(Registers<MatrixC<float>> sums, Shared<float> strip)
    {
        int lane = Block.ThreadX % Warp.Size;
        for (int j = 0; j < TTile.WarpColumns / MmaColumns; j++)
        {
            for (int half = 0; half < 2; half++)
            {
                strip.Slice((lane / 4 + half * 8) * Pitch + lane % 4 * 2 + Place(j * MmaColumns)).As<Float2>()[0] =
                    new(sums[j][half * 2], sums[j][half * 2 + 1]);
            }
        }
    }

    private static void HandEights<TEnding>(Shared<float> strip, int firstRow, int firstColumn, int rows, int columns, TEnding ending)
        where TEnding : struct, ITileEnding
    {
        Registers<float> eights = Registers.Of<float>(TileRows.Most * Chunk);
        int lane = Block.ThreadX % Warp.Size, rowChunks = TTile.WarpColumns / Chunk, step = Warp.Size / rowChunks;
        int column = lane % rowChunks * Chunk, end = Math.Min(StripRows, rows - firstRow);
        if (firstColumn + column >= columns)
            return;
        for (int row = lane / rowChunks; row < end; row += TileRows.Most * step)
        {
            for (int i = 0; i < TileRows.Most; i++)
            {
                Shared<Float4> sums = strip.Slice((row + i * step) * Pitch + Place(column)).As<Float4>();
                Registers<float> eight = eights.Slice(i * Chunk);
                (eight[0], eight[1], eight[2], eight[3]) = sums[0];
                (eight[4], eight[5], eight[6], eight[7]) = sums[1];
            }
            ending.Eights(new TileRows(firstRow + row, step, TileRows.Most, rows), firstColumn + column, eights);
        }
    }

    private static void HandEach<TEnding>(Shared<float> strip, int firstRow, int firstColumn, int rows, int columns, TEnding ending)
        where TEnding : struct, ITileEnding
    {
        int rowEnd = Math.Min(StripRows, rows - firstRow), columnEnd = Math.Min(TTile.WarpColumns, columns - firstColumn);
        for (int row = 0; row < rowEnd; row++)
        {
            for (int column = Block.ThreadX % Warp.Size; column < columnEnd; column += Warp.Size)
                ending.One(firstRow + row, firstColumn + column, strip[row * Pitch + Place(column)]);
        }
    }
}
