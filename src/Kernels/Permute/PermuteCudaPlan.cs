using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// A permutation as tiles that are turned in shared memory: along one side lie words that are neighbours in the source, along the other
/// words that are neighbours in the result, of one dimension each or of several. So are the patches of a transformer (a patch's channels
/// and rows against a row of patches), their way back, and channels against pixels.
/// </summary>
/// <param name="WordBytes">Of what is moved together: 2 or 4.</param>
/// <param name="Rows">Neighbours in the source, with where they lie in the result.</param>
/// <param name="Columns">Neighbours in the result, with where they lie in the source.</param>
/// <param name="Others">All other dimensions.</param>
internal readonly record struct PermuteCudaPlan(int WordBytes, PermuteSide Rows, PermuteSide Columns, PermuteOthers Others)
{
    /// <summary>Words along each side of a tile.</summary>
    public const int Side = 32;

    private const int LeastWords = 8; // of a side: fewer would leave most of a tile empty
    private const long MostElements = int.MaxValue - Side; // a tile may end behind the last
    private const int MostInGrid = 65_535; // tiles of columns, and others

    /// <summary>Tiles along the rows, the columns, and the other dimensions.</summary>
    public CudaGrid Tiles => new(CudaGrid.Covering(Rows.Count, Side), CudaGrid.Covering(Columns.Count, Side), Others.Count);

    /// <summary>
    /// The plan; none where other words than these stay together, where too few are neighbours, or where more dimensions are left than
    /// kernels have a place for.
    /// </summary>
    public static PermuteCudaPlan? Of(PermutePlan plan, int elementSize)
    {
        int rank = plan.Rank, together = 1;
        if (rank > 0 && plan.SourceStride(rank - 1) == 1)
            together = (int)Math.Min(plan.Size(--rank), sizeof(uint));
        int wordBytes = elementSize * together;
        bool isWord = wordBytes is sizeof(ushort) or sizeof(uint) && (rank == plan.Rank || plan.Size(rank) == together);
        if (!isWord || plan.Count is 0 or > MostElements)
            return null;
        (PermuteSide? rows, PermuteSide? columns, int taken) = Sides(plan, rank, together);
        if (rows is not { Count: >= LeastWords } || columns is not { Count: >= LeastWords }
            || PermuteOthers.Of(plan, rank, together, taken) is not { } others)
        {
            return null;
        }
        PermuteCudaPlan tiles = new(wordBytes, rows.Value, columns.Value, others);
        return Math.Max(tiles.Tiles.Y, tiles.Tiles.Z) <= MostInGrid ? tiles : null;
    }

    // Sides grow in turns, each by the dimension whose neighbours come next, until they are as long as a tile's.
    private static (PermuteSide? Rows, PermuteSide? Columns, int Taken) Sides(PermutePlan plan, int rank, int together)
    {
        Span<int> rows = stackalloc int[PermutePlan.MaxRank], columns = stackalloc int[PermutePlan.MaxRank];
        int rowCount = 0, columnCount = 0, taken = 0;
        long rowWords = 1, columnWords = 1;
        for (bool grows = true; grows;)
        {
            grows = false;
            int row = rowWords < Side ? InSource(plan, rank, rowWords * together) : -1, column = rank - 1 - columnCount;
            if (row >= 0 && (taken >> row & 1) == 0)
            {
                rows[rowCount++] = row;
                (taken, rowWords, grows) = (taken | 1 << row, rowWords * plan.Size(row), true);
            }
            if (columnWords < Side && column >= 0 && (taken >> column & 1) == 0)
            {
                columns[columnCount++] = column;
                (taken, columnWords, grows) = (taken | 1 << column, columnWords * plan.Size(column), true);
            }
        }
        return (
            PermuteSide.Of(plan, rows[..rowCount], together, isInSource: false),
            PermuteSide.Of(plan, columns[..columnCount], together, isInSource: true), taken);
    }

    // The dimension whose neighbours lie so far apart in the source; -1 for none.
    private static int InSource(PermutePlan plan, int rank, long stride)
    {
        int found = rank - 1;
        while (found >= 0 && plan.SourceStride(found) != stride)
            found--;
        return found;
    }
}
