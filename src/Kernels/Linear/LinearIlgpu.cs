using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using Place = ILGPU.Grid;

namespace CogVideoX.Kernels;

internal readonly partial struct Linear
{
    // Up to here the weights are read once for each eight rows, as they lie; beyond, a tile pays.
    private const int FewPortableRows = 16;

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (y.Format != x.Format)
            throw new NotSupportedException($"The portable products give what they read, {x.Format}, and not {y.Format}.");
        if (rows > 0 && outputs > 0)
            StoredAs.Run(x, weight, new PortableLaunch(this, queue));
    }

    /// <summary>
    /// Rows and columns of a tile: the large one, which reads less for each product, unless there were too few of it for all of the
    /// device.
    /// </summary>
    internal static int PortableTile(IlgpuQueue queue, long rows, long columns) =>
        (double)rows * columns >= (double)LinearTile.Large * LinearTile.Large * queue.Multiprocessors ? LinearTile.Large : LinearTile.Small;

    private static void LinearTileLarge<T, TWeight>(TileArguments<T, TWeight> a)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight> => RunTile(
            a, LinearTile.Large,
            SharedMemory.Allocate<Float4>(LinearTile.LargeQuads), SharedMemory.Allocate<Float4>(LinearTile.LargeQuads));

    private static void LinearTileSmall<T, TWeight>(TileArguments<T, TWeight> a)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight> => RunTile(
            a, LinearTile.Small,
            SharedMemory.Allocate<Float4>(LinearTile.SmallQuads), SharedMemory.Allocate<Float4>(LinearTile.SmallQuads));

    private static void RunTile<T, TWeight>(TileArguments<T, TWeight> a, int size, ArrayView<Float4> rows, ArrayView<Float4> columns)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        var tile = new LinearTile(size);
        long firstRow = (long)(Place.IdxX / a.ColumnTiles) * size;
        int firstColumn = Place.IdxX % a.ColumnTiles * size;
        RegisterTile sums = tile.Product(
            a.X, firstRow, a.Weight, firstColumn, a.Weight, firstColumn + (long)tile.Half, a.Inputs, rows, columns);
        long row = firstRow + tile.Row;
        for (int i = 0; i < RegisterTile.Size; i++, row++, sums = sums.Next)
        {
            if (i == RegisterTile.Size / 2)
                row += tile.Half - i;
            long first = a.Y.First(row);
            if (first < 0)
                continue;
            RowVector vector = a.Finish.Row(row);
            Float4 quad = sums.Row0.Low;
            for (int column = firstColumn + tile.Column, half = 0; half < 2 && column < a.Outputs; half++, column += tile.Half)
            {
                a.Y.Store(first, column, new Float4(
                    a.Finish.Of(quad.X, row, column, vector),
                    a.Finish.Of(quad.Y, row, Math.Min(column + 1, a.Outputs - 1), vector),
                    a.Finish.Of(quad.Z, row, Math.Min(column + 2, a.Outputs - 1), vector),
                    a.Finish.Of(quad.W, row, Math.Min(column + 3, a.Outputs - 1), vector)));
                quad = sums.Row0.High;
            }
        }
    }

    internal readonly record struct TileArguments<T, TWeight>(
        StoredRows<T> X, StoredRows<TWeight> Weight, StoredRows<T> Y, LinearFinish Finish, int Outputs, int Inputs, int ColumnTiles)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>;

    private readonly struct PortableLaunch(Linear linear, IlgpuQueue queue) : IStoredAsTwo
    {
        public void Run<T, TWeight>()
            where T : unmanaged, IStored<T>
            where TWeight : unmanaged, IStored<TWeight>
        {
            long rows = linear.rows;
            int outputs = linear.outputs, inputs = linear.inputs;
            var x = new StoredRows<T>(queue, linear.x, rows, inputs);
            var weight = new StoredRows<TWeight>(queue, linear.weight, outputs, inputs);
            var y = new StoredRows<T>(queue, linear.y, rows, outputs);
            var finish = new LinearFinish(queue, linear.epilogue, rows, outputs);
            if (rows <= FewPortableRows)
            {
                RunFewRows(queue, new FewArguments<T, TWeight>(x, weight, y, finish, (int)rows, outputs, inputs));
                return;
            }
            int size = PortableTile(queue, rows, outputs), columnTiles = (outputs + size - 1) / size;
            int groups = checked((int)((rows + size - 1) / size * columnTiles));
            queue.Launch(
                size == LinearTile.Large ? LinearTileLarge : LinearTileSmall,
                new KernelConfig(groups, LinearTile.Threads(size)),
                new TileArguments<T, TWeight>(x, weight, y, finish, outputs, inputs, columnTiles));
        }
    }
}
