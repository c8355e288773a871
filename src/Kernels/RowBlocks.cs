namespace CogVideoX.Kernels;

/// <summary>
/// How a row-wise operation is cut into items for threads: whole rows. An item begins with work of its own, such as reading weights,
/// so that large tensors are cut into large items; small ones into items that leave no thread without work.
/// </summary>
internal static class RowBlocks
{
    private const int LeastElements = 8 * 1024, MostElements = 64 * 1024;
    private const int UsualItems = 64;

    /// <summary>Items for <paramref name="rows"/> rows of <paramref name="width"/> elements.</summary>
    public static int Count(long rows, int width)
    {
        if (width == 0)
            return 0;
        long perItem = PerItem(rows, width);
        return checked((int)((rows + perItem - 1) / perItem));
    }

    /// <summary>The rows of one item, end excluded.</summary>
    public static (long First, long End) Range(int item, long rows, int width)
    {
        long perItem = PerItem(rows, width), first = item * perItem;
        return (first, Math.Min(rows, first + perItem));
    }

    private static long PerItem(long rows, int width)
    {
        long elements = Math.Clamp(rows * width / UsualItems, LeastElements, MostElements);
        return Math.Max(1, elements / Math.Max(1, width));
    }
}
