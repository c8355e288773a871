using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels;

/// <summary>One dimension of a permutation: its size, and how far its neighbours lie apart in the source and in the result.</summary>
internal readonly record struct PermuteExtent(long Size, long Source, long Result);

/// <summary>Where an element lies, and what of its index is left to find that out.</summary>
internal readonly record struct PermutePosition(long Index, long Source, long Result)
{
    /// <summary>The position within a dimension counted.</summary>
    public PermutePosition Within(PermuteExtent extent)
    {
        if (extent.Size <= 1)
            return this;
        long left = Division.Quotient(Index, extent.Size), at = Index - left * extent.Size;
        return new PermutePosition(left, Source + at * extent.Source, Result + at * extent.Result);
    }
}

/// <summary>The dimensions of a <see cref="PermutePlan"/> as kernels have them: an array would lie in their slow local memory.</summary>
internal readonly struct PermuteLayout
{
    private readonly PermuteExtent a;
    private readonly PermuteExtent b;
    private readonly PermuteExtent c;
    private readonly PermuteExtent d;
    private readonly PermuteExtent e;
    private readonly PermuteExtent f;
    private readonly PermuteExtent g;
    private readonly PermuteExtent h;

    /// <param name="plan">The dimensions.</param>
    /// <param name="elementsPerWord">How many elements of the last dimension are moved as one.</param>
    /// <param name="leftOut">A dimension that is left out, −1 for none.</param>
    /// <param name="alsoLeftOut">Another.</param>
    public PermuteLayout(PermutePlan plan, int elementsPerWord, int leftOut, int alsoLeftOut)
    {
        a = Of(7);
        b = Of(6);
        c = Of(5);
        d = Of(4);
        e = Of(3);
        f = Of(2);
        g = Of(1);
        h = Of(0);

        // Counted from the last, where an index changes first.
        PermuteExtent Of(int fromLast)
        {
            int i = plan.Rank - 1 - fromLast;
            if (i < 0 || i == leftOut || i == alsoLeftOut)
                return new PermuteExtent(1, 0, 0);
            return fromLast == 0
                ? new PermuteExtent(plan.Size(i) / elementsPerWord, elementsPerWord == 1 ? plan.SourceStride(i) : 1, 1)
                : new PermuteExtent(plan.Size(i), plan.SourceStride(i) / elementsPerWord, plan.ResultStride(i) / elementsPerWord);
        }
    }

    /// <summary>Where an index lies that counts row by row through all dimensions but those left out.</summary>
    public PermutePosition At(long index) => new PermutePosition(index, 0, 0)
        .Within(h).Within(g).Within(f).Within(e).Within(d).Within(c).Within(b).Within(a);
}
