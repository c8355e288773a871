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
    public static int Count(int rows, int width)
    {
        if (width == 0)
            return 0;
        long perItem = PerItem(rows, width);
        return (int)((rows + perItem - 1) / perItem);
    }

    /// <summary>The rows of one item, end excluded.</summary>
    public static (int First, int End) Range(int item, int rows, int width)
    {
        int perItem = PerItem(rows, width), first = item * perItem;
        return (first, (int)Math.Min(rows, (long)first + perItem));
    }

    private static int PerItem(int rows, int width)
    {
        long elements = Math.Clamp((long)rows * width / UsualItems, LeastElements, MostElements);
        return (int)Math.Max(1, elements / Math.Max(1, width));
    }
}
