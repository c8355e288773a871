using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Permute
{
    private const int TileSize = 64, TileThreads = 256, TileRows = TileThreads / TileSize, BankBytes = 4;

    // A group a tile of the two dimensions whose neighbours are neighbours, one in the source, the other in the result: threads follow the
    // source while they load, the result while they store, and shared memory turns one into the other. Rows of the tile there are longer
    // by a bank, so that neither way two threads meet in one.
    private static void PermuteTiles<TWord>(TileArguments<TWord> a) where TWord : unmanaged
    {
        ArrayView<TWord> tile = SharedMemory.Allocate<TWord>(TileSize * (TileSize + BankBytes));
        int size = Interop.SizeOf<TWord>(), pitch = TileSize + (size >= BankBytes ? 1 : BankBytes / size);
        int along = Group.IdxX % TileSize, across = Group.IdxX / TileSize;
        long tiles = Division.Quotient(Grid.IdxX, a.ColumnTiles), other = Division.Quotient(tiles, a.RowTiles);
        long firstColumn = (Grid.IdxX - tiles * a.ColumnTiles) * TileSize, firstRow = (tiles - other * a.RowTiles) * TileSize;
        PermutePosition position = a.Others.At(other);
        long source = position.Source;
        for (int column = across; column < TileSize; column += 4 * TileRows)
        {
            // Four loads under way before the first is waited for.
            TWord first = Load(a, source, firstRow + along, firstColumn + column);
            TWord second = Load(a, source, firstRow + along, firstColumn + column + TileRows);
            TWord third = Load(a, source, firstRow + along, firstColumn + column + 2 * TileRows);
            TWord fourth = Load(a, source, firstRow + along, firstColumn + column + 3 * TileRows);
            tile[column * pitch + along] = first;
            tile[(column + TileRows) * pitch + along] = second;
            tile[(column + 2 * TileRows) * pitch + along] = third;
            tile[(column + 3 * TileRows) * pitch + along] = fourth;
        }
        Group.Barrier();
        long result = position.Result + firstColumn + along;
        for (int row = across; row < TileSize; row += TileRows)
        {
            if (firstColumn + along < a.Columns && firstRow + row < a.Rows)
                a.Y[result + (firstRow + row) * a.RowStride] = tile[along * pitch + row];
        }
    }

    private static TWord Load<TWord>(TileArguments<TWord> a, long source, long row, long column) where TWord : unmanaged =>
        row < a.Rows && column < a.Columns ? a.X[source + row + column * a.ColumnStride] : default;

    // Rows are neighbours in the source and RowStride apart in the result; columns the other way round.
    internal readonly record struct TileArguments<TWord>(
        ArrayView<TWord> X, ArrayView<TWord> Y, PermuteLayout Others, long Rows, long Columns, long RowStride, long ColumnStride,
        long RowTiles, long ColumnTiles)
        where TWord : unmanaged;

    private readonly struct LaunchTiles(Permute permute, int inner, IlgpuQueue queue) : IWordAction
    {
        public void Run<TWord>() where TWord : unmanaged
        {
            PermutePlan plan = permute.plan;
            int last = plan.Rank - 1;
            long rows = plan.Size(inner), columns = plan.Size(last), others = plan.Count / (rows * columns);
            long rowTiles = (rows + TileSize - 1) / TileSize, columnTiles = (columns + TileSize - 1) / TileSize;
            queue.Launch(
                PermuteTiles, new KernelConfig(checked((int)(others * rowTiles * columnTiles)), TileThreads),
                new TileArguments<TWord>(
                    queue.View<TWord>(permute.x, plan.Count), queue.View<TWord>(permute.y, plan.Count),
                    new PermuteLayout(plan, 1, inner, last), rows, columns, plan.ResultStride(inner), plan.SourceStride(last),
                    rowTiles, columnTiles));
        }
    }
}
