namespace CogVideoX.Kernels;

/// <summary>What a format takes: its numbers lie in blocks, which for most formats have one number each.</summary>
internal static class ElementLayout
{
    /// <summary>Whether numbers lie in blocks that share scales.</summary>
    public static bool IsBlocked(this ElementFormat format) => format >= ElementFormat.Q8Blocks32;

    /// <summary>Numbers of a block.</summary>
    public static int BlockElements(this ElementFormat format) => format switch
    {
        < ElementFormat.Q8Blocks32 => 1,
        ElementFormat.Q8Blocks32 or ElementFormat.Q4Blocks32 or ElementFormat.Q4MinBlocks32 or ElementFormat.Q5Blocks32
            or ElementFormat.Q5MinBlocks32 or ElementFormat.Iq4Blocks32 => 32,
        _ => 256,
    };

    /// <summary>Bytes of a block, its own scales included.</summary>
    public static int BlockBytes(this ElementFormat format) => format switch
    {
        ElementFormat.F32 => 4,
        ElementFormat.BF16 or ElementFormat.F16 => 2,
        ElementFormat.F8E4M3 or ElementFormat.F8E5M2 => 1,
        ElementFormat.Q8Blocks32 => 34,
        ElementFormat.Q4Blocks256 => 144,
        ElementFormat.Q4Blocks32 or ElementFormat.Iq4Blocks32 => 18,
        ElementFormat.Q4MinBlocks32 => 20,
        ElementFormat.Q5Blocks32 => 22,
        ElementFormat.Q5MinBlocks32 => 24,
        ElementFormat.Q2Blocks256 => 84,
        ElementFormat.Q3Blocks256 => 110,
        ElementFormat.Q5Blocks256 => 176,
        ElementFormat.Q6Blocks256 => 210,
        ElementFormat.Iq4Blocks256 => 136,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    /// <summary>Bytes of so many numbers.</summary>
    /// <exception cref="ArgumentException">They aren't whole blocks.</exception>
    /// <exception cref="OverflowException">More than 2⁶³ − 1 bytes.</exception>
    public static long Bytes(this ElementFormat format, long count)
    {
        int block = format.BlockElements();
        if (block == 1)
            return checked(count * format.BlockBytes());
        (long blocks, long rest) = Math.DivRem(count, block);
        return rest == 0
            ? checked(blocks * format.BlockBytes())
            : throw new ArgumentException($"{count} numbers of {format} aren't whole blocks of {block}.", nameof(count));
    }
}
