using System.Runtime.Intrinsics;

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
        int[] clocks = Of(cta);
        return (uint)entity < (uint)clocks.Length ? clocks[entity] : 0;
    }

    /// <summary>Clocks of a CTA's entities; those beyond its end are 0.</summary>
    public int[] Of(int cta)
    {
        foreach ((int part, int[] clocks) in parts)
        {
            if (part == cta)
                return clocks;
        }
        return [];
    }

    /// <summary>What either knows; one of the two itself if it knows all that the other does.</summary>
    public VectorClock Join(VectorClock other)
    {
        if (ReferenceEquals(this, other) || other.parts.Length == 0)
            return this;
        if (other.IsWithin(this))
            return this;
        if (IsWithin(other))
            return other;
        var joined = new List<(int Cta, int[] Clocks)>(parts);
        foreach ((int cta, int[] clocks) in other.parts)
        {
            int at = joined.FindIndex(p => p.Cta == cta);
            if (at < 0)
                joined.Add((cta, clocks));
            else
                joined[at] = (cta, Larger(joined[at].Clocks, clocks));
        }
        return new VectorClock([.. joined]);
    }

    /// <summary>The same with new clocks for some entities of a CTA, from <paramref name="first"/> on, where the mask has a bit.</summary>
    public VectorClock With(int cta, int first, uint mask, int clock) => mask == 0 ? this : With(cta, [(first, mask, clock)]);

    /// <summary>The same with new clocks for several groups of up to 32 entities of a CTA.</summary>
    public VectorClock With(int cta, ReadOnlySpan<(int First, uint Mask, int Clock)> groups)
    {
        int at = Array.FindIndex(parts, p => p.Cta == cta), needed = at < 0 ? 0 : parts[at].Clocks.Length;
        foreach ((int first, uint mask, _) in groups)
            needed = Math.Max(needed, first + 32 - int.LeadingZeroCount((int)mask));
        int known = at < 0 ? 0 : parts[at].Clocks.Length;
        int[] clocks = GC.AllocateUninitializedArray<int>(needed);
        if (at >= 0)
            parts[at].Clocks.CopyTo(clocks, 0);
        clocks.AsSpan(known).Clear();
        foreach ((int first, uint mask, int clock) in groups)
        {
            if (mask == ~0u)
            {
                Raise(clocks.AsSpan(first, 32), clock);
                continue;
            }
            for (uint rest = mask; rest != 0; rest &= rest - 1)
            {
                ref int entry = ref clocks[first + int.TrailingZeroCount((int)rest)];
                entry = Math.Max(entry, clock);
            }
        }
        (int, int[])[] copy = at < 0 ? [.. parts, (cta, clocks)] : [.. parts];
        if (at >= 0)
            copy[at] = (cta, clocks);
        return new VectorClock(copy);
    }

    private static void Raise(Span<int> clocks, int least)
    {
        Vector256<int> clock = Vector256.Create(least);
        for (int i = 0; i < clocks.Length; i += Vector256<int>.Count)
            Vector256.Max(Vector256.Create<int>(clocks[i..]), clock).CopyTo(clocks[i..]);
    }

    private bool IsWithin(VectorClock other)
    {
        foreach ((int cta, int[] clocks) in parts)
        {
            if (!IsWithin(clocks, other.Of(cta)))
                return false;
        }
        return true;
    }

    private static bool IsWithin(int[] a, int[] b)
    {
        if (ReferenceEquals(a, b))
            return true;
        int both = Math.Min(a.Length, b.Length), i = 0;
        for (; i <= both - Vector256<int>.Count; i += Vector256<int>.Count)
        {
            if (Vector256.GreaterThanAny(Vector256.Create<int>(a.AsSpan(i)), Vector256.Create<int>(b.AsSpan(i))))
                return false;
        }
        for (; i < both; i++)
        {
            if (a[i] > b[i])
                return false;
        }
        return !a.AsSpan(both).ContainsAnyExcept(0);
    }

    private static int[] Larger(int[] a, int[] b)
    {
        if (IsWithin(a, b))
            return b;
        if (IsWithin(b, a))
            return a;
        (int[] shorter, int[] longer) = a.Length < b.Length ? (a, b) : (b, a);
        int[] merged = [.. longer];
        for (int i = 0; i < shorter.Length; i++)
            merged[i] = Math.Max(merged[i], shorter[i]);
        return merged;
    }
}
