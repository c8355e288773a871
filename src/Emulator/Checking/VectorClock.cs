namespace CogVideoX.Emulator.Checking;

/// <summary>
/// Up to which of its clocks each entity is known, by CTA. Entities are a CTA's threads and its channels of asynchronous work;
/// clocks start at 1. Never changes once made, so threads that learnt the same share one.
/// </summary>
internal sealed class VectorClock
{
    public static readonly VectorClock Empty = new([]);

    private readonly (int Cta, int[] Clocks)[] parts;

    private VectorClock((int Cta, int[] Clocks)[] parts) => this.parts = parts;

    public int Get(int cta, int entity)
    {
        foreach ((int part, int[] clocks) in parts)
            if (part == cta) return (uint)entity < (uint)clocks.Length ? clocks[entity] : 0;
        return 0;
    }

    public VectorClock Join(VectorClock other)
    {
        if (ReferenceEquals(this, other) || other.parts.Length == 0) return this;
        if (parts.Length == 0) return other;
        var joined = new List<(int Cta, int[] Clocks)>(parts);
        bool changed = false;
        foreach ((int cta, int[] clocks) in other.parts)
        {
            int at = joined.FindIndex(p => p.Cta == cta);
            if (at < 0) { joined.Add((cta, clocks)); changed = true; continue; }
            int[] merged = Larger(joined[at].Clocks, clocks);
            changed |= !ReferenceEquals(merged, joined[at].Clocks);
            joined[at] = (cta, merged);
        }
        return changed ? new VectorClock([.. joined]) : this;
    }

    /// <summary>The same with new clocks for some entities of a CTA, from <paramref name="first"/> on, where the mask has a bit.</summary>
    public VectorClock With(int cta, int first, uint mask, int clock)
    {
        if (mask == 0) return this;
        int needed = first + 32 - int.LeadingZeroCount((int)mask);
        int at = Array.FindIndex(parts, p => p.Cta == cta);
        int[] old = at < 0 ? [] : parts[at].Clocks;
        var clocks = new int[Math.Max(old.Length, needed)];
        old.CopyTo(clocks, 0);
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            ref int entry = ref clocks[first + int.TrailingZeroCount((int)rest)];
            entry = Math.Max(entry, clock);
        }
        (int, int[])[] copy = at < 0 ? [.. parts, (cta, clocks)] : [.. parts];
        if (at >= 0) copy[at] = (cta, clocks);
        return new VectorClock(copy);
    }

    private static int[] Larger(int[] a, int[] b)
    {
        if (ReferenceEquals(a, b)) return a;
        bool within = true;
        for (int i = 0; i < b.Length && within; i++) within = b[i] <= (i < a.Length ? a[i] : 0);
        if (within) return a;
        var merged = new int[Math.Max(a.Length, b.Length)];
        a.CopyTo(merged, 0);
        for (int i = 0; i < b.Length; i++) merged[i] = Math.Max(merged[i], b[i]);
        return merged;
    }
}
