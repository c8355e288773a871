using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct LinearGatedGelu
{
    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (rows == 0 || outputs == 0)
            return;
        if (!IsOfOneFormat)
        {
            // A product has the type of its x, and the factor is fp32 whatever x is: so its x is, too.
            Elements factor = (float*)queue.Workspace, wide = IsWide ? x : (float*)queue.Workspace + rows * outputs;
            if (!IsWide)
                new Cast(x, wide, rows * inputs).RunIlgpu(queue);
            Factor(wide, factor).RunIlgpu(queue);
            Gated(factor).RunIlgpu(queue);
            return;
        }
        StoredAs.Run(x, weight, new PortableLaunch(this, queue));
    }

    private bool IsOfOneFormat => gateWeight.Format == weight.Format;

    private static void GatedGeluTileLarge<T, TWeight>(Arguments<T, TWeight> a)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight> => RunTile(
            a, LinearTile.Large,
            SharedMemory.Allocate<Float4>(LinearTile.LargeQuads), SharedMemory.Allocate<Float4>(LinearTile.LargeQuads));

    private static void GatedGeluTileSmall<T, TWeight>(Arguments<T, TWeight> a)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight> => RunTile(
            a, LinearTile.Small,
            SharedMemory.Allocate<Float4>(LinearTile.SmallQuads), SharedMemory.Allocate<Float4>(LinearTile.SmallQuads));

    // The first half of a tile's columns is of W₀, the second of W₁, and the same columns: so a thread has both factors of a result.
    private static void RunTile<T, TWeight>(Arguments<T, TWeight> a, int size, ArrayView<Float4> rows, ArrayView<Float4> columns)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        var tile = new LinearTile(size);
        long firstRow = (long)(Grid.IdxX / a.ColumnTiles) * size;
        int firstColumn = Grid.IdxX % a.ColumnTiles * tile.Half, column = firstColumn + tile.Column;
        RegisterTile sums = tile.Product(a.X, firstRow, a.GateWeight, firstColumn, a.Weight, firstColumn, a.Inputs, rows, columns);
        long row = firstRow + tile.Row;
        for (int i = 0; i < RegisterTile.Size; i++, row++, sums = sums.Next)
        {
            if (i == RegisterTile.Size / 2)
                row += tile.Half - i;
            long first = a.Y.First(row);
            if (first < 0 || column >= a.Outputs)
                continue;
            Float4 gate = sums.Row0.Low, value = sums.Row0.High;
            a.Y.Store(first, column, new Float4(
                IlgpuMath.GeluTanh(gate.X) * value.X,
                IlgpuMath.GeluTanh(gate.Y) * value.Y,
                IlgpuMath.GeluTanh(gate.Z) * value.Z,
                IlgpuMath.GeluTanh(gate.W) * value.W));
        }
    }

    internal readonly record struct Arguments<T, TWeight>(
        StoredRows<T> X, StoredRows<TWeight> GateWeight, StoredRows<TWeight> Weight, StoredRows<T> Y, int Outputs, int Inputs,
        int ColumnTiles)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>;

    private readonly struct PortableLaunch(LinearGatedGelu operation, IlgpuQueue queue) : IStoredAsTwo
    {
        public void Run<T, TWeight>()
            where T : unmanaged, IStored<T>
            where TWeight : unmanaged, IStored<TWeight> => operation.Run<T, TWeight>(queue);
    }

    private void Run<T, TWeight>(IlgpuQueue queue)
        where T : unmanaged, IStored<T>
        where TWeight : unmanaged, IStored<TWeight>
    {
        int size = Linear.PortableTile(queue, rows, 2L * outputs), columnTiles = (outputs + size / 2 - 1) / (size / 2);
        int groups = checked((int)((rows + size - 1) / size * columnTiles));
        queue.Launch(
            size == LinearTile.Large ? GatedGeluTileLarge : GatedGeluTileSmall,
            new KernelConfig(groups, LinearTile.Threads(size)),
            new Arguments<T, TWeight>(
                new StoredRows<T>(queue, x, rows, inputs),
                new StoredRows<TWeight>(queue, gateWeight, outputs, inputs),
                new StoredRows<TWeight>(queue, weight, outputs, inputs),
                new StoredRows<T>(queue, y, rows, outputs),
                outputs, inputs, columnTiles));
    }
}
