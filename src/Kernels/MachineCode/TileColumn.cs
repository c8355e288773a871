namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// Rows of a result cut into tiles of nearly equal height, one below the other, with the micro-kernels of both heights: looked up once, as
/// that takes a good part of the time of a short tile.
/// </summary>
internal readonly unsafe struct TileColumn
{
    private readonly int rows, low;
    private readonly delegate* unmanaged<TileArguments*, void> lower, higher;

    /// <param name="tiles">How tall tiles are at most.</param>
    /// <param name="rows">Rows of the result, at least 1.</param>
    /// <param name="rowBytes">As <see cref="TileForm.RowBytes"/>.</param>
    /// <param name="resultBytes">As <see cref="TileForm.ResultBytes"/>.</param>
    /// <param name="segmented">As <see cref="TileForm.Segmented"/>.</param>
    public TileColumn(CpuTiles tiles, int rows, int rowBytes, int resultBytes, bool segmented = false)
    {
        this.rows = rows;
        Count = LinearGrid.Parts(rows, tiles.MostRows);
        low = rows / Count;
        lower = TileKernels.Get(tiles.Form(low, rowBytes, resultBytes, segmented));
        higher = low * Count == rows ? lower : TileKernels.Get(tiles.Form(low + 1, rowBytes, resultBytes, segmented));
    }

    /// <summary>How many tiles.</summary>
    public int Count { get; }

    /// <summary>The first row of a tile; of the one after the last, how many rows there are.</summary>
    public int Row(int tile) => (int)((long)tile * rows / Count);

    /// <summary>Computes a tile.</summary>
    /// <param name="tile">Which.</param>
    /// <param name="arguments">Where its factors and its result are.</param>
    public void Run(int tile, TileArguments* arguments)
    {
        if (Row(tile + 1) - Row(tile) == low)
            lower(arguments);
        else
            higher(arguments);
    }
}
