using System.Runtime.CompilerServices;
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

    /// <summary>
    /// Records an ordinary read of written bytes in the usual cases, where a look at the cell shows that nothing is wrong: a CTA's own
    /// data, which a barrier or program order put before. False, with nothing changed, asks for the thorough way.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead(ref Cell cell, int lane)
    {
        if (cell.WriteCta != Cell.Host)
        {
            bool known = cell.WriteCta == Cta && cell.WriteInfo.Actor != Actor.Barrier && !Info.IsReadOnly
                && Knows(lane, cell.WriteEntity, cell.WriteClock);
            if (!known)
                return false;
        }
        uint bit = 1u << lane, others = cell.ReadMask;
        if (others != 0)
        {
            if (cell.ReadCta != Cta || cell.ReadInfo.IsReadOnly)
                return false;
            if (cell.ReadEntity == Entity)
            {
                if (cell.ReadClock == Clock)
                {
                    cell.ReadMask |= bit;
                    cell.ReadInfo = Info;
                    return true;
                }
                others &= ~bit;
            }
            if (others != 0 && !KnowsAll(lane, cell.ReadEntity, others, cell.ReadClock))
                return false;
        }
        (cell.ReadCta, cell.ReadEntity, cell.ReadClock, cell.ReadInfo, cell.ReadMask) = (Cta, Entity, Clock, Info, bit);
        return true;
    }

    /// <summary>As <see cref="TryRead"/>, for a write of written bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite(ref Cell cell, int lane)
    {
        if (cell.WriteCta >= 0)
        {
            bool known = cell.WriteCta == Cta && cell.WriteInfo.Actor != Actor.Barrier && Knows(lane, cell.WriteEntity, cell.WriteClock);
            if (!known)
                return false;
        }
        uint others = cell.ReadMask;
        if (others != 0)
        {
            if (cell.ReadCta != Cta || cell.MoreReads != 0 || cell.ReadInfo.IsReadOnly)
                return false;
            if (cell.ReadEntity == Entity)
                others &= ~(1u << lane);
            if (others != 0 && !KnowsAll(lane, cell.ReadEntity, others, cell.ReadClock))
                return false;
        }
        (cell.WriteCta, cell.WriteEntity, cell.WriteClock, cell.WriteInfo, cell.ReadMask) = (Cta, Entity + lane, Clock, Info, 0);
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

    /// <summary>Whether a lane knows an access of its own CTA's; false may also mean that only the thorough way can tell.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Knows(int lane, int entity, int clock)
    {
        if (entity == Entity + lane)
            return true;
        int[] clocks = shared ?? knowledge[lane].Seen.Of(Cta);
        return (uint)entity < (uint)clocks.Length && clocks[entity] >= clock;
    }

    private bool KnowsAll(int lane, int entity, uint mask, int clock)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            if (!Knows(lane, entity + int.TrailingZeroCount((int)rest), clock))
                return false;
        }
        return true;
    }
}
