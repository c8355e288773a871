namespace CogVideoX.Emulator.Execution;

/// <summary>Divergence and reconvergence: splits, meetings and ends of strands.</summary>
internal static class Strands
{
    private const int MostStrong = 64;

    /// <summary>The running strand goes two ways; they meet again at <paramref name="joinAt"/> (-1: nowhere).</summary>
    public static void Split(Warp warp, uint taken, int target, int joinAt)
    {
        Strand strand = warp.Strand;
        Join? outer = strand.Join;
        // leaving a loop lane by lane meets at one place: one join serves all of it
        Join? join = joinAt < 0 || (outer is not null && outer.At == joinAt) ? outer : new Join(joinAt, strand.Mask, outer, strand.Calls);
        var other = new Strand(taken, target) { Join = join, Calls = strand.Calls };
        strand.Mask &= ~taken;
        strand.Join = join;
        warp.Strands.Add(other);
        warp.Yield = true;
    }

    /// <summary>The strand has come to where it meets the others.</summary>
    public static void Meet(Warp warp, Strand strand)
    {
        Join join = strand.Join!;
        join.Arrived |= strand.Mask;
        warp.Strands.Remove(strand);
        warp.Yield = true;
        if (Complete(warp, join) || warp.Parked.Contains(join))
            return;
        warp.Parked.Add(join);
        warp.StrongSinceParked = 0;
    }

    /// <summary>
    /// Every thread makes progress (PTX ISA 3.1, since sm_70): the others may poll for what those who wait at a join would do next. A
    /// strong access is where threads speak to each other, so after some of these the waiting lanes go on alone.
    /// </summary>
    public static void CountStrong(Warp warp)
    {
        if (warp.Parked.Count > 0 && ++warp.StrongSinceParked > MostStrong)
            LetParkedGo(warp);
    }

    /// <summary>Lets the lanes that wait at joins go on without the others; false if there are none.</summary>
    public static bool LetParkedGo(Warp warp)
    {
        bool any = warp.Parked.Count > 0;
        foreach (Join join in warp.Parked)
        {
            uint mask = join.Arrived & warp.Live;
            join.Expected &= ~join.Arrived;
            join.Arrived = 0;
            if (mask != 0)
                warp.Strands.Add(new Strand(mask, join.At) { Join = join.Outer, Calls = join.Calls });
        }
        warp.Parked.Clear();
        warp.StrongSinceParked = 0;
        warp.RunsApart |= any;
        return any;
    }

    /// <summary>Lanes end; whoever waited for them to come goes on.</summary>
    public static void Exit(Warp warp, uint mask)
    {
        Strand strand = warp.Strand;
        strand.Mask &= ~mask;
        warp.Live &= ~mask;
        if (strand.Mask == 0)
        {
            warp.Strands.Remove(strand);
            warp.Yield = true;
        }
        if (warp.Cta.Cluster.Ctas.Count > 1)
            warp.Cta.LearnBeforeEnd(warp.Publish(mask));
        warp.Cta.Leave(int.PopCount((int)mask));
        if (strand.Mask != 0)
            return;
        for (Join? join = strand.Join; join is not null && NobodyToCome(warp, join); join = join.Outer)
        {
            if (Complete(warp, join))
                break;
        }
    }

    private static bool NobodyToCome(Warp warp, Join join) => (join.Expected & warp.Live & ~join.Arrived) == 0;

    private static bool Complete(Warp warp, Join join)
    {
        if (!NobodyToCome(warp, join))
            return false;
        uint mask = join.Arrived & warp.Live;
        if (mask == 0)
            return false;
        warp.Parked.Remove(join);
        warp.Strands.Add(new Strand(mask, join.At) { Join = join.Outer, Calls = join.Calls });
        return true;
    }
}
