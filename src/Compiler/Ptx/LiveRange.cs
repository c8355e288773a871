namespace CogVideoX.Compiler.Ptx;

/// <summary>Where a register is taken: stretches of positions (both ends belong to them), in order, apart from each other.</summary>
internal sealed class LiveRange
{
    private List<(int First, int Last)> stretches = new(1);

    /// <summary>Adds a stretch behind all others.</summary>
    public void Append(int first, int last)
    {
        if (stretches.Count > 0 && first <= stretches[^1].Last + 1)
            stretches[^1] = (stretches[^1].First, Math.Max(last, stretches[^1].Last));
        else
            stretches.Add((first, last));
    }

    /// <summary>Takes earlier positions before the stretch that begins at <paramref name="first"/>.</summary>
    public void Extend(int first, int earlier)
    {
        var longer = new LiveRange();
        longer.Append(earlier, first);
        Add(longer);
    }

    public bool Overlaps(LiveRange other)
    {
        for (int i = 0, k = 0; i < stretches.Count && k < other.stretches.Count;)
        {
            if (stretches[i].Last < other.stretches[k].First)
                i++;
            else if (other.stretches[k].Last < stretches[i].First)
                k++;
            else
                return true;
        }
        return false;
    }

    public void Add(LiveRange other)
    {
        List<(int First, int Last)> left = stretches, right = other.stretches;
        stretches = new List<(int, int)>(left.Count + right.Count);
        for (int i = 0, k = 0; i < left.Count || k < right.Count;)
        {
            bool takesLeft = k == right.Count || (i < left.Count && left[i].First <= right[k].First);
            (int first, int last) = takesLeft ? left[i++] : right[k++];
            Append(first, last);
        }
    }
}
