using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>vote.sync, match.sync, redux.sync, elect.sync: a result from all values of the group (PTX ISA 9.7.13.7–11).</summary>
internal sealed class Vote(LaneSlot d, LaneSlot? p, LaneSlot? a, int mask, Func<VoteRound, VoteResult> result) : WarpCollective(mask)
{
    protected override void Run(Warp warp, uint group)
    {
        var values = new ulong[Warp.Lanes];
        for (uint rest = group; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            values[lane] = a?.Read(warp, lane) ?? 0;
        }
        for (uint rest = group; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            VoteResult one = result(new VoteRound(group, lane, values));
            d.Write(warp, lane, one.Value);
            p?.Write(warp, lane, one.Predicate ? 1u : 0u);
        }
    }
}
