using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Memory;

/// <summary>What the checks of one warp's ordinary access need, looked up once for all its lanes.</summary>
internal readonly ref struct LaneCheck
{
    private readonly Access access;
    private readonly LaneKnowledge knowledge;
    private readonly int[]? shared;

    /// <summary>For an access that <see cref="Warp.Begin"/> has prepared.</summary>
    public LaneCheck(Warp warp)
    {
        access = warp.Access;
        knowledge = warp.Knowledge;
        Info = access.Info;
        (Cta, Entity, Clock) = (access.Cta, access.Entity, access.Clock);
        shared = knowledge.Common?.Seen.Of(access.Cta);
    }

    public AccessInfo Info { get; }

    public int Cta { get; }

    public int Entity { get; }

    public int Clock { get; }

    /// <summary>Whether a lane knows an access of its own CTA's; false may also mean that only the thorough way can tell.</summary>
    public bool Knows(int lane, int entity, int clock)
    {
        if (entity == Entity + lane) return true;
        int[] clocks = shared ?? knowledge[lane].Seen.Of(Cta);
        return (uint)entity < (uint)clocks.Length && clocks[entity] >= clock;
    }

    /// <summary>The same of several neighbours.</summary>
    public bool KnowsAll(int lane, int entity, uint mask, int clock)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            if (!Knows(lane, entity + int.TrailingZeroCount((int)rest), clock)) return false;
        return true;
    }

    /// <summary>The access as the thorough checks want it, for one lane.</summary>
    public Access Of(int lane)
    {
        access.Lane = lane;
        access.Mask = access.IssuerMask = 1u << lane;
        access.Knowledge = knowledge[lane];
        return access;
    }
}
