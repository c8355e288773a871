namespace CogVideoX.Kernels;

/// <summary>Up to three dimensions of a permutation that no tile goes along.</summary>
internal readonly struct PermuteOthers
{
    private const int Most = 3;

    // Of the last, which changes first, and so on; 1 where there are fewer.
    private readonly int firstSize, secondSize;
    private readonly PermuteSteps first, second, third;

    private PermuteOthers(ReadOnlySpan<(int Size, PermuteSteps Steps)> all)
    {
        Count = 1;
        foreach ((int size, _) in all)
            Count *= size;
        (firstSize, first) = all.Length > 0 ? all[0] : (1, default);
        (secondSize, second) = all.Length > 1 ? all[1] : (1, default);
        third = all.Length > 2 ? all[2].Steps : default;
    }

    /// <summary>How many places there are.</summary>
    public int Count { get; }

    /// <summary>Where a place lies.</summary>
    public PermuteSteps At(int index)
    {
        int next = index / firstSize, last = next / secondSize;
        long inFirst = index - next * firstSize, inSecond = next - last * secondSize;
        return new(
            inFirst * first.Source + inSecond * second.Source + last * third.Source,
            inFirst * first.Result + inSecond * second.Result + last * third.Result);
    }

    /// <summary>The dimensions that aren't taken; none where they are too many.</summary>
    /// <param name="plan">All dimensions; fewer than 2³¹ elements.</param>
    /// <param name="rank">How many of them there are, of words.</param>
    /// <param name="together">Elements of a word.</param>
    /// <param name="taken">A bit for each dimension.</param>
    public static PermuteOthers? Of(PermutePlan plan, int rank, int together, int taken)
    {
        Span<(int Size, PermuteSteps Steps)> all = stackalloc (int, PermuteSteps)[Most];
        int count = 0;
        for (int i = rank - 1; i >= 0; i--)
        {
            if ((taken >> i & 1) != 0)
                continue;
            if (count == Most)
                return null;
            all[count++] = ((int)plan.Size(i), new(plan.SourceStride(i) / together, plan.ResultStride(i) / together));
        }
        return new PermuteOthers(all[..count]);
    }
}

/// <summary>Words in the source and in the result.</summary>
internal readonly record struct PermuteSteps(long Source, long Result);
