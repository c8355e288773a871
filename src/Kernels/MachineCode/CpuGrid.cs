namespace CogVideoX.Kernels.MachineCode;

/// <summary>Some tiles of a result: columns and rows, ends excluded.</summary>
internal readonly record struct CpuBlock(int Tile, int TileEnd, int RowTile, int RowTileEnd);

/// <summary>
/// How the results of products are cut: rows into tiles of nearly equal height, both directions into blocks for threads. An element's sum
/// depends on none of it.
/// </summary>
internal readonly struct CpuGrid
{
    private const int MostColumnTiles = 8;
    private const int MostRows = 340, FewestRowTiles = 6;
    private const int ItemsPerThread = 16;      // so many that the last one is short

    private readonly int rows, rowTiles, columnTiles, groupTiles, groups, blockRowTiles, rowBlocks;

    /// <param name="tiles">How tall tiles are at most.</param>
    /// <param name="rows">Rows of a result.</param>
    /// <param name="columnTiles">Tiles of columns of a result.</param>
    /// <param name="products">How many results.</param>
    /// <param name="threads">How many are to be busy.</param>
    public CpuGrid(CpuTiles tiles, int rows, int columnTiles, int products, int threads)
    {
        this.rows = rows;
        this.columnTiles = columnTiles;
        rowTiles = LinearGrid.Parts(rows, tiles.MostRows);
        groupTiles = MostColumnTiles;
        int wanted = threads == 1 ? 1 : ItemsPerThread * threads;
        while (groupTiles > 1 && products * LinearGrid.Parts(columnTiles, groupTiles) * Math.Max(1, rowTiles / FewestRowTiles) < wanted)
            groupTiles /= 2;
        groups = LinearGrid.Parts(columnTiles, groupTiles);
        int leastBlocks = LinearGrid.Parts(rows, MostRows), mostBlocks = Math.Max(leastBlocks, rowTiles / FewestRowTiles);
        int blocks = Math.Clamp(LinearGrid.Parts(wanted, products * groups), leastBlocks, mostBlocks);
        blockRowTiles = LinearGrid.Parts(rowTiles, blocks);
        rowBlocks = LinearGrid.Parts(rowTiles, blockRowTiles);
        Count = products * groups * rowBlocks;
    }

    /// <summary>How many blocks, of all products.</summary>
    public int Count { get; }

    /// <summary>Which product, and what of it. Blocks of the same weights follow each other.</summary>
    public (int Product, CpuBlock Block) this[int item]
    {
        get
        {
            (item, int rowBlock) = Math.DivRem(item, rowBlocks);
            (int product, int group) = Math.DivRem(item, groups);
            return (product, new CpuBlock(
                group * groupTiles, Math.Min(columnTiles, (group + 1) * groupTiles),
                rowBlock * blockRowTiles, Math.Min(rowTiles, (rowBlock + 1) * blockRowTiles)));
        }
    }

    /// <summary>Rows of the lower tiles; the others have one more.</summary>
    public int LowRows => rows / rowTiles;

    /// <summary>The first row of a tile; of the one after the last, how many rows there are.</summary>
    public int Row(int tile) => (int)((long)tile * rows / rowTiles);
}
