using System.Runtime.InteropServices;
using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>One of a CTA's 16 barriers (PTX ISA 9.7.13.1).</summary>
internal sealed class CtaBarrier(int number)
{
    private readonly List<(Warp Warp, Strand Strand, uint Mask, Action<bool, bool, int>? Result)> waiting = [];
    private readonly List<(Warp Warp, uint Mask)> present = [];
    private readonly List<(int First, uint Mask, int Clock)> clocks = [];
    private Knowledge gathered = Knowledge.None;
    private int arrived;
    private int expected;
    private int trues;

    /// <summary>Whether it waits for all threads of the CTA, not for a number of them.</summary>
    public bool WaitsForAll => arrived > 0 && expected == 0;

    public void Arrive(Warp warp, uint mask, int count)
    {
        if (arrived > 0 && expected != count)
        {
            throw new FaultException(
                FaultKind.Divergent, $"barrier {number} is used with {Words(expected)} and with {Words(count)} at once");
        }
        foreach ((Warp other, uint before) in present)
        {
            if (other == warp && (before & mask) != 0)
            {
                throw new FaultException(FaultKind.Divergent, $"a thread arrives twice at barrier {number} before it completes")
                { Lane = int.TrailingZeroCount((int)(before & mask)) };
            }
        }
        expected = count;
        present.Add((warp, mask));
        arrived += int.PopCount((int)mask);
        if (count > 0 && arrived > count)
            throw new FaultException(FaultKind.Divergent, $"{arrived} threads arrive at barrier {number}, which expects {count}");
        (Knowledge known, int clock) = warp.BeginPublish(mask);
        gathered = gathered.Join(known);
        clocks.Add((warp.FirstEntity, mask, clock));
        warp.Cta.Launch.Progress++;
    }

    /// <summary>Lets the strand wait; <paramref name="result"/> gets any, all and count of the predicates of bar.red.</summary>
    public void Wait(Warp warp, Strand strand, uint mask, uint predicate, Action<bool, bool, int>? result)
    {
        trues += int.PopCount((int)(predicate & mask));
        strand.Waiting = this;
        waiting.Add((warp, strand, mask, result));
        warp.Yield = true;
    }

    public void CheckComplete(int liveThreads)
    {
        if (arrived == 0 || arrived < (expected == 0 ? liveThreads : expected))
            return;
        int count = trues, synced = 0;
        Cta cta = present[0].Warp.Cta;
        // it holds all that each of them knew, so it takes the place of what they knew
        Knowledge news = gathered with { Seen = gathered.Seen.With(cta.Number, CollectionsMarshal.AsSpan(clocks)) };
        foreach ((_, _, uint mask, _) in waiting)
            synced += int.PopCount((int)mask);
        present.Clear();
        clocks.Clear();
        gathered = Knowledge.None;
        arrived = expected = trues = 0;
        foreach ((Warp warp, Strand strand, uint mask, Action<bool, bool, int>? result) in waiting)
        {
            warp.Knowledge.Replace(mask, news);
            strand.Waiting = null;
            result?.Invoke(count > 0, count == synced, count);
        }
        waiting.Clear();
    }

    /// <summary>What those who wait here wait for.</summary>
    public override string ToString() => $"barrier {number}, where {arrived} threads have arrived";

    private static string Words(int count) => count == 0 ? "all threads" : $"{count} threads";
}
