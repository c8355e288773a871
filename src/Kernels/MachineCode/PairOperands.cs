using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>The factors of products by tiles of pairs, ready to be multiplied.</summary>
/// <param name="tiles">How.</param>
/// <param name="panels">How weights are packed.</param>
/// <param name="grid">How the results are cut.</param>
/// <param name="packed">Packed weights of all products.</param>
/// <param name="panelBytes">From a product's to the next one's.</param>
/// <param name="rounded">Rounded rows of x.</param>
internal readonly unsafe struct PairOperands(
    PairTiles tiles, PairPanels panels, PairGrid grid, byte* packed, long panelBytes, byte* rounded)
{
    public PairTiles Tiles => tiles;

    public PairGrid Grid => grid;

    /// <summary>Products of a block, without what follows them.</summary>
    /// <param name="block">Which tiles.</param>
    /// <param name="product">Of which product.</param>
    /// <param name="inputs">The depth.</param>
    /// <param name="y">[rows, outputs]</param>
    /// <param name="outputs">Columns of the result.</param>
    /// <param name="edge">A tile, for columns that fill none.</param>
    /// <param name="worker">Who computes.</param>
    public void Multiply(PairBlock block, int product, int inputs, float* y, int outputs, float* edge, CpuWorker worker)
    {
        int rowBytes = tiles.RowBytes(inputs);
        for (int part = 0; part < panels.Blocks; part++)
        {
            byte* left = rounded + (long)part * panels.BlockSteps * tiles.StepBytes;
            for (int tile = block.Tile; tile < block.TileEnd && !worker.IsCancelled; tile++)
            {
                int column = tile * tiles.Columns, columns = Math.Min(tiles.Columns, outputs - column);
                var arguments = new TileArguments
                {
                    Right = panels.Panel(packed + product * panelBytes, part, tile),
                    Steps = panels.StepsOf(part),
                    Accumulate = part,
                };
                if (columns == tiles.Columns)
                    MultiplyWhole(block, arguments, left, rowBytes, y + column, outputs);
                else
                    MultiplyEdge(block, arguments, left, rowBytes, y + column, outputs, columns, edge);
            }
        }
    }

    private void MultiplyWhole(PairBlock block, TileArguments arguments, byte* left, int rowBytes, float* y, int outputs)
    {
        int rows = 0;
        delegate* unmanaged<TileArguments*, void> kernel = null;
        for (int tile = block.RowTile; tile < block.RowTileEnd; tile++)
        {
            int row = grid.Row(tile), wanted = grid.Row(tile + 1) - row;
            if (wanted != rows)
            {
                kernel = TileKernels.Get(tiles.Form(wanted, rowBytes, outputs * sizeof(float)));
                rows = wanted;
            }
            arguments.Left = left + (long)row * rowBytes;
            arguments.Result = y + (long)row * outputs;
            kernel(&arguments);
        }
    }

    private void MultiplyEdge(
        PairBlock block, TileArguments arguments, byte* left, int rowBytes, float* y, int outputs, int columns, float* edge)
    {
        arguments.Result = edge;
        for (int tile = block.RowTile; tile < block.RowTileEnd; tile++)
        {
            int row = grid.Row(tile), rows = grid.Row(tile + 1) - row;
            float* result = y + (long)row * outputs;
            for (int i = 0; i < rows && arguments.Accumulate != 0; i++)
                new ReadOnlySpan<float>(result + (long)i * outputs, columns).CopyTo(new Span<float>(edge + i * tiles.Columns, columns));
            arguments.Left = left + (long)row * rowBytes;
            TileKernels.Get(tiles.Form(rows, rowBytes, tiles.Columns * sizeof(float)))(&arguments);
            for (int i = 0; i < rows; i++)
                new ReadOnlySpan<float>(edge + i * tiles.Columns, columns).CopyTo(new Span<float>(result + (long)i * outputs, columns));
        }
    }
}
