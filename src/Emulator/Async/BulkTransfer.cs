using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>What bulk and tensor copies share.</summary>
internal static unsafe class BulkTransfer
{
    public static (Allocation At, long Offset) Shared(Warp warp, ulong address, int bytes, int align, int lane)
    {
        if (AddressMap.SpaceOf(address) == StateSpace.Shared)
            address -= AddressMap.SharedWindow;
        if (address % (uint)align != 0)
        {
            throw MemoryReference.Misaligned(
                warp, StateSpace.SharedCluster, address, align, lane, $"a bulk copy, which needs {align} bytes,");
        }
        Allocation at = MemoryReference.Locate(warp, StateSpace.SharedCluster, address, bytes, lane);
        return (at, (long)(MemoryReference.Offset(StateSpace.SharedCluster, address) - at.Address));
    }

    /// <summary>The fault of a bulk copy of global memory whose size or address isn't a multiple of 16.</summary>
    public static FaultException Misaligned(Warp warp, ulong address, int bytes, int lane)
    {
        string what = $"a bulk copy of {bytes} bytes, whose size and addresses must be multiples of 16,";
        return MemoryReference.Misaligned(warp, StateSpace.Global, address, 16, lane, what);
    }

    /// <summary>Books a load's access on the mbarrier that it completes on.</summary>
    public static Access BookLoad(Warp warp, int lane, int line, MemoryBarrier barrier)
    {
        warp.Begin(line);
        warp.SetLane(lane);
        Access access = warp.Access;
        barrier.RequireReadyForAsync(access);
        access.Actor = Actor.TensorLoad;
        access.EntityCta = barrier.Cta.Number;
        access.Entity = barrier.Entity;
        access.Mask = 1;
        access.Clock = barrier.Phase + 1;
        return access;
    }

    /// <summary>The CTAs that a load writes to: the one of its address, or those of the mask, at the same offsets.</summary>
    public static IEnumerable<(ulong Shared, ulong Barrier)> Targets(Warp warp, ulong shared, ulong barrier, uint? mask)
    {
        if (mask is not { } ranks)
        {
            yield return (shared, barrier);
            yield break;
        }
        const ulong Local = (1UL << AddressMap.RankShift) - 1;
        for (int rank = 0; rank < 16; rank++)
        {
            if ((ranks >> rank & 1) == 0)
                continue;
            ulong prefix = (ulong)(rank + 1) << AddressMap.RankShift;
            yield return (shared & Local | prefix, barrier & Local | prefix);
        }
    }

    /// <summary>A load that delivers its bytes when it takes effect.</summary>
    public static void IssueLoad(Warp warp, int lane, int line, MemoryBarrier barrier, int bytes, Action move)
    {
        int phase = barrier.Phase;
        warp.Cta.Launch.Counters.BulkBytes += bytes;
        AsyncWork.Issue(warp, new AsyncOperation(Actor.TensorLoad, warp, lane, 0, () =>
        {
            move();
            try
            {
                barrier.Deliver(bytes, phase);
            }
            catch (FaultException fault)
            {
                throw fault.By(warp, lane, line);
            }
        }));
    }
}
