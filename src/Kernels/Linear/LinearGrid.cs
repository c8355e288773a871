namespace CogVideoX.Kernels;

/// <summary>
/// How a product [rows, outputs] is cut into tiles for threads. A tile packs what it needs for itself, so that threads never
/// wait for each other; big tiles make that cheap, and enough of them, a multiple of the threads, keep every thread busy to the end.
/// </summary>
internal readonly struct LinearGrid
{
    private const int LargestRows = 1152, LargestColumns = 1024;
    private const int LeastRows = 24, LeastColumns = 32;
    private const int MostTilesPerThread = 16;
    private const double MultiplyAddsPerCycle = 16, CyclesToPack = 0.5; // of AVX2, and an estimate for an element
    private const double Waiting = 0.35; // of a tile's time: what threads wait for the last one, whose core may be slower

    private readonly int rows;
    private readonly int outputs;
    private readonly int columnTiles;

    /// <summary>The cut depends on the threads; no element's arithmetic depends on the cut.</summary>
    /// <param name="rows">M.</param>
    /// <param name="outputs">N.</param>
    /// <param name="products">How many of this size share the threads.</param>
    /// <param name="threads">How many are to be busy.</param>
    /// <param name="tileRows">Of the micro-kernel: a tile here holds whole ones, but at the bottom.</param>
    /// <param name="tileColumns">Likewise, but at the right.</param>
    public LinearGrid(int rows, int outputs, int products, int threads, int tileRows, int tileColumns)
    {
        this.rows = rows;
        this.outputs = outputs;
        int leastDown = Parts(rows, LargestRows), leastAcross = Parts(outputs, LargestColumns);
        int most = Math.Max(leastDown * leastAcross, threads == 1 ? 1 : MostTilesPerThread * threads);
        int mostDown = Math.Max(leastDown, rows / LeastRows), mostAcross = Math.Max(leastAcross, outputs / LeastColumns);
        double best = double.PositiveInfinity;
        for (int down = leastDown; down <= mostDown && down * leastAcross <= most; down++)
        {
            int height = RoundUp(Parts(rows, down), tileRows), downTiles = products * Parts(rows, height);
            for (int across = leastAcross; across <= mostAcross && down * across <= most; across++)
            {
                int width = RoundUp(Parts(outputs, across), tileColumns);
                double cycles = Cycles(downTiles * Parts(outputs, width), height, width, threads);
                if (cycles >= best)
                    continue;
                best = cycles;
                (Height, Width) = (height, width);
            }
        }
        columnTiles = Parts(outputs, Width);
        Count = Parts(rows, Height) * columnTiles;
    }

    // How long the tiles of all products take together, for each input.
    private static double Cycles(int tiles, int height, int width, int threads)
    {
        double tile = height * (double)width / MultiplyAddsPerCycle + CyclesToPack * (height + width);
        return tile * (Parts(tiles, threads) + (threads > 1 ? Waiting : 0));
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
    public static int Parts(int size, int part) => (int)(((uint)size + (uint)part - 1) / (uint)part);

    /// <summary>The part of at most <paramref name="most"/> that cuts a length into parts as equal as they can be; at least 1.</summary>
    public static int Evenly(int length, int most)
    {
        int part = Math.Clamp(most, 1, Math.Max(1, length));
        return Math.Max(1, Parts(length, Math.Max(1, Parts(length, part))));
    }

    /// <summary>The next multiple.</summary>
    public static int RoundUp(int size, int multiple) => Parts(size, multiple) * multiple;
}
