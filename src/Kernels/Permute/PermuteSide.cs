using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Up to three dimensions whose words are neighbours on one side of a permutation, and where they lie on the other.</summary>
internal readonly struct PermuteSide
{
    private const int Most = 3;

    private readonly int dimensions, firstSize, secondSize;
    private readonly int firstStep, secondStep, thirdStep; // on the other side, in words
    private readonly SmallDivisor ofFirst, ofSecond;

    private PermuteSide(ReadOnlySpan<(int Size, int Step)> steps)
    {
        dimensions = steps.Length;
        Count = 1;
        foreach ((int size, _) in steps)
            Count *= size;
        (firstSize, firstStep) = steps[0];
        (secondSize, secondStep) = dimensions > 1 ? steps[1] : (1, 0);
        thirdStep = dimensions > 2 ? steps[2].Step : 0;
        (ofFirst, ofSecond) = (new(firstSize), new(secondSize));
    }

    /// <summary>Words.</summary>
    public int Count { get; }

    /// <summary>Where a word lies on the other side.</summary>
    public int At(int index)
    {
        if (dimensions == 1)
            return index * firstStep;
        int second = ofFirst.Of(index), third = ofSecond.Of(second);
        return (index - second * firstSize) * firstStep + (second - third * secondSize) * secondStep + third * thirdStep;
    }

    /// <summary>Dimensions, the one whose words lie side by side first; none where they are too many or too large.</summary>
    /// <param name="plan">All dimensions; fewer than 2³¹ elements.</param>
    /// <param name="chosen">Which of them.</param>
    /// <param name="together">Elements of a word.</param>
    /// <param name="isInSource">Whether the other side is the source.</param>
    public static PermuteSide? Of(PermutePlan plan, ReadOnlySpan<int> chosen, int together, bool isInSource)
    {
        if (chosen.Length is 0 or > Most)
            return null;
        Span<(int Size, int Step)> steps = stackalloc (int, int)[chosen.Length];
        long count = 1;
        for (int i = 0; i < steps.Length; i++)
        {
            count *= plan.Size(chosen[i]);
            long step = isInSource ? plan.SourceStride(chosen[i]) : plan.ResultStride(chosen[i]);
            steps[i] = ((int)plan.Size(chosen[i]), (int)(step / together));
        }
        bool isDivided = steps.Length > 1;
        return isDivided && !(SmallDivisor.Takes(count, steps[0].Size) && SmallDivisor.Takes(count / steps[0].Size, steps[1].Size))
            ? null
            : new PermuteSide(steps);
    }
}
