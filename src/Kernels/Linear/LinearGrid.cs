namespace CogVideoX.Kernels;

/// <summary>
/// How a product [rows, outputs] is cut into tiles for threads. A tile packs what it needs for itself, so that threads never
/// wait for each other; big tiles make that cheap, and enough of them keep every thread busy to the end.
/// </summary>
internal readonly struct LinearGrid
{
    private const int LargestRows = 1152, LargestColumns = 1024;
    private const int SmallestRows = 144, SmallestColumns = 128;
    private const int LeastRows = 24, LeastColumns = 32;
    private const int TilesPerThread = 4;

    private readonly int rows;
    private readonly int outputs;
    private readonly int columnTiles;

    /// <summary>The cut depends on the threads; no element's arithmetic depends on the cut.</summary>
    /// <param name="rows">M.</param>
    /// <param name="outputs">N.</param>
    /// <param name="threads">How many are to be busy.</param>
    /// <param name="tileRows">Of the micro-kernel: a tile here holds whole ones, but at the bottom.</param>
    /// <param name="tileColumns">Likewise, but at the right.</param>
    public LinearGrid(int rows, int outputs, int threads, int tileRows, int tileColumns)
    {
        this.rows = rows;
        this.outputs = outputs;
        int down = Parts(rows, LargestRows), across = Parts(outputs, LargestColumns);
        Cut(ref down, ref across, TilesPerThread * threads, SmallestRows, SmallestColumns);
        int tiles = down * across;
        if (tiles < 2 * threads && tiles % threads != 0) // a small product: threads without work cost more than packing twice
            Cut(ref down, ref across, tiles < threads ? threads : 2 * threads, LeastRows, LeastColumns);
        Height = RoundUp(Parts(rows, down), tileRows);
        Width = RoundUp(Parts(outputs, across), tileColumns);
        columnTiles = Parts(outputs, Width);
        Count = Parts(rows, Height) * columnTiles;
    }

    /// <summary>Cuts the longer side until there are as many tiles as wanted, or none may be cut any more.</summary>
    private void Cut(ref int down, ref int across, int wanted, int smallestRows, int smallestColumns)
    {
        while (down * across < wanted)
        {
            bool canCutRows = rows / (down + 1) >= smallestRows, canCutColumns = outputs / (across + 1) >= smallestColumns;
            if (!canCutRows && !canCutColumns)
                return;
            if (canCutRows && (!canCutColumns || rows / down > outputs / across))
                down++;
            else
                across++;
        }
    }

    /// <summary>How many tiles.</summary>
    public int Count { get; }

    /// <summary>Rows of a tile, except perhaps at the bottom.</summary>
    public int Height { get; }

    /// <summary>Columns of a tile, except perhaps at the right.</summary>
    public int Width { get; }

    /// <summary>The extent of a tile, ends excluded.</summary>
    public (int Row, int RowEnd, int Column, int ColumnEnd) this[int tile]
    {
        get
        {
            int row = tile / columnTiles * Height, column = tile % columnTiles * Width;
            return (row, Math.Min(rows, row + Height), column, Math.Min(outputs, column + Width));
        }
    }

    /// <summary>⌈<paramref name="size"/> / <paramref name="part"/>⌉.</summary>
    public static int Parts(int size, int part) => (size + part - 1) / part;

    /// <summary>The next multiple.</summary>
    public static int RoundUp(int size, int multiple) => Parts(size, multiple) * multiple;
}
