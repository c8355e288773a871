namespace CogVideoX.Kernels;

/// <summary>How an operation on a flat array is cut into items for threads.</summary>
internal static class ElementBlocks
{
    /// <summary>Elements of an item.</summary>
    public const long PerItem = 16 * 1024; // 64 KiB in, 64 KiB out: long against the hand-out, short against an L2

    /// <summary>Items for <paramref name="count"/> elements.</summary>
    public static int Count(long count) => checked((int)((count + PerItem - 1) / PerItem));

    /// <summary>The elements of one item, end excluded.</summary>
    public static (long First, long End) Range(int item, long count) => (item * PerItem, Math.Min(count, (item + 1) * PerItem));
}
