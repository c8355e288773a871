using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>The factors of products by tiles, ready to be multiplied.</summary>
/// <param name="tiles">How.</param>
/// <param name="panels">How weights are packed.</param>
/// <param name="grid">How the results are cut.</param>
/// <param name="left">Rows of x.</param>
/// <param name="rowBytes">From one to the next.</param>
internal readonly unsafe struct CpuOperands(CpuTiles tiles, CpuPanels panels, CpuGrid grid, byte* left, int rowBytes)
{
    public CpuTiles Tiles => tiles;

    public CpuGrid Grid => grid;

    /// <summary>Products of a block, without what follows them.</summary>
    /// <param name="block">Which tiles.</param>
    /// <param name="packed">The product's weights.</param>
    /// <param name="y">[rows, outputs]</param>
    /// <param name="outputs">Columns of the result.</param>
    /// <param name="edge">A tile, for columns that fill none.</param>
    /// <param name="worker">Who computes.</param>
    public void Multiply(CpuBlock block, byte* packed, float* y, int outputs, float* edge, CpuWorker worker)
    {
        for (int part = 0; part < panels.Blocks; part++)
        {
            byte* blockLeft = left + (long)part * panels.BlockSteps * tiles.StepBytes;
            for (int tile = block.Tile; tile < block.TileEnd && !worker.IsCancelled; tile++)
            {
                int column = tile * tiles.Columns, columns = Math.Min(tiles.Columns, outputs - column);
                var arguments = new TileArguments
                {
                    Right = panels.Panel(packed, part, tile),
                    Steps = panels.StepsOf(part),
                    Accumulate = part,
                };
                if (columns == tiles.Columns)
                    MultiplyWhole(block, arguments, blockLeft, y + column, outputs);
                else
                    MultiplyEdge(block, arguments, blockLeft, y + column, outputs, columns, edge);
            }
        }
    }

    private void MultiplyWhole(CpuBlock block, TileArguments arguments, byte* first, float* y, int outputs)
    {
        // Tiles are of two heights.
        int low = grid.LowRows;
        var lower = TileKernels.Get(tiles.Form(Math.Max(1, low), rowBytes, outputs * sizeof(float)));
        var higher = low == tiles.MostRows ? lower : TileKernels.Get(tiles.Form(low + 1, rowBytes, outputs * sizeof(float)));
        for (int tile = block.RowTile; tile < block.RowTileEnd; tile++)
        {
            int row = grid.Row(tile), rows = grid.Row(tile + 1) - row;
            arguments.Left = first + (long)row * rowBytes;
            arguments.Result = y + (long)row * outputs;
            if (rows == low)
                lower(&arguments);
            else
                higher(&arguments);
        }
    }

    private void MultiplyEdge(
        CpuBlock block, TileArguments arguments, byte* first, float* y, int outputs, int columns, float* edge)
    {
        arguments.Result = edge;
        for (int tile = block.RowTile; tile < block.RowTileEnd; tile++)
        {
            int row = grid.Row(tile), rows = grid.Row(tile + 1) - row;
            float* result = y + (long)row * outputs;
            for (int i = 0; i < rows && arguments.Accumulate != 0; i++)
                new ReadOnlySpan<float>(result + (long)i * outputs, columns).CopyTo(new Span<float>(edge + i * tiles.Columns, columns));
            arguments.Left = first + (long)row * rowBytes;
            TileKernels.Get(tiles.Form(rows, rowBytes, tiles.Columns * sizeof(float)))(&arguments);
            for (int i = 0; i < rows; i++)
                new ReadOnlySpan<float>(edge + i * tiles.Columns, columns).CopyTo(new Span<float>(result + (long)i * outputs, columns));
        }
    }
}
