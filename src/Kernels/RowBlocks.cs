namespace CogVideoX.Kernels;

/// <summary>How a row-wise operation is cut into items for threads: whole rows, about 16K elements an item.</summary>
internal static class RowBlocks
{
    private const int ElementsPerItem = 16 * 1024;

    /// <summary>Items for <paramref name="rows"/> rows of <paramref name="width"/> elements.</summary>
    public static int Count(int rows, int width) => (rows + PerItem(width) - 1) / PerItem(width);

    /// <summary>The rows of one item, end excluded.</summary>
    public static (int First, int End) Range(int item, int rows, int width)
    {
        int first = item * PerItem(width);
        return (first, Math.Min(rows, first + PerItem(width)));
    }

    private static int PerItem(int width) => Math.Max(1, ElementsPerItem / Math.Max(1, width));
}
