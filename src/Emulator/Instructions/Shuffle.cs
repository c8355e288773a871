using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>shfl.sync (PTX ISA 9.7.9.6).</summary>
internal sealed unsafe class Shuffle(string mode, int d, int? p, int a, int b, int c, int mask) : WarpCollective(mask)
{
    public override bool MayCarry(int slot) => slot == a && slot != b && slot != c && slot != MaskSlot && slot != Guard;

    protected override void Run(Warp warp, uint group)
    {
        Unwritten[]? missing = (group & ~warp.Ready[a]) == 0
            ? null : [.. Enumerable.Range(0, Warp.Lanes).Select(lane => warp.Unwritten.Of(a, lane))];
        Mark(warp, group);
        uint* source = stackalloc uint[Warp.Lanes];
        uint* values = warp.Slot<uint>(a), steps = warp.Slot<uint>(b), limits = warp.Slot<uint>(c), to = warp.Slot<uint>(d);
        new ReadOnlySpan<uint>(values, Warp.Lanes).CopyTo(new Span<uint>(source, Warp.Lanes));
        for (uint rest = group; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            int step = (int)(steps[lane] & 31), clamp = (int)(limits[lane] & 31), segment = (int)(limits[lane] >> 8 & 31);
            int last = lane & segment | clamp & ~segment, from = mode switch
            {
                "up" => lane - step,
                "down" => lane + step,
                "bfly" => lane ^ step,
                _ => lane & segment | step & ~segment,
            };
            bool inside = mode == "up" ? from >= last : from <= last;
            if (!inside)
                from = lane;
            if ((group >> from & 1) == 0)
                throw new FaultException(FaultKind.Uninitialized, $"shfl.sync reads from lane {from}, which takes no part") { Lane = lane };
            to[lane] = source[from];
            if (missing is not null)
                warp.Unwritten.Set(d, lane, missing[from]);
            if (p is { } predicate)
                new LaneSlot(predicate, 0).Write(warp, lane, inside ? 1u : 0u);
        }
    }
}
