using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>vote.sync, match.sync, redux.sync, elect.sync: a result from all values of the group (PTX ISA 9.7.13.7–11).</summary>
/// <param name="isCommon">every lane gets the same result</param>
internal sealed class Vote(
    LaneSlot d, LaneSlot? p, LaneSlot? a, int mask, bool isCommon, Func<VoteRound, VoteResult> result) : WarpCollective(mask)
{
    private readonly ulong[] values = new ulong[Warp.Lanes];

    protected override void Run(Warp warp, uint group)
    {
        Mark(warp, group);
        if (a is { } source)
        {
            for (uint rest = group; rest != 0; rest &= rest - 1)
            {
                int lane = int.TrailingZeroCount((int)rest);
                values[lane] = source.Read(warp, lane);
            }
        }
        VoteResult one = default;
        for (uint rest = group; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (!isCommon || rest == group)
                one = result(new VoteRound(group, lane, values));
            d.Write(warp, lane, one.Value);
            p?.Write(warp, lane, one.Predicate ? 1u : 0u);
        }
    }
}

/// <summary>Who votes, who asks for the result, and each lane's value.</summary>
internal readonly record struct VoteRound(uint Group, int Lane, ulong[] Values)
{
    /// <summary>Lanes of the group whose value holds the condition.</summary>
    public uint Where(Func<ulong, bool> condition)
    {
        uint mask = 0;
        for (uint rest = Group; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (condition(Values[lane]))
                mask |= 1u << lane;
        }
        return mask;
    }
}

internal readonly record struct VoteResult(ulong Value, bool Predicate = false);
