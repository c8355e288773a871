using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>The mbarrier objects in a CTA's shared memory.</summary>
internal sealed class MemoryBarrierTable(Cta cta)
{
    private const int Bytes = 8;

    private readonly Dictionary<ulong, MemoryBarrier> barriers = [];

    public unsafe void Initialize(Warp warp, ulong address, int lane, uint count)
    {
        if (count is 0 or >= 1 << 20)
            throw new FaultException(FaultKind.Invalid, $"an mbarrier can't count {count} arrivals") { Lane = lane, Address = address };
        if (barriers.ContainsKey(address))
            throw new FaultException(FaultKind.Invalid, "mbarrier.init of a live mbarrier") { Lane = lane, Address = address };
        (Allocation at, long offset) = Place(address, lane);
        ulong content = count;
        warp.Access.Actor = Actor.Barrier;
        at.Shadow.Write(at, offset, Bytes, warp.Access, null);
        *(ulong*)(at.Data + offset) = content;
        barriers.Add(address, new MemoryBarrier(cta, at, offset, (int)count, warp.FirstEntity + lane, warp.Clock));
    }

    public void Invalidate(Warp warp, ulong address, int lane)
    {
        MemoryBarrier barrier = Find(warp, address, lane);
        barriers.Remove(address);
        barrier.At.Shadow.Forget(barrier.Offset, Bytes);
    }

    /// <summary>The object at an address, whose initialisation must have happened before.</summary>
    public MemoryBarrier Find(Warp warp, ulong address, int lane)
    {
        (Allocation at, long offset) = Place(address, lane);
        at.Shadow.RequireKnown(at, offset, Bytes, warp.Access, "used as an mbarrier before mbarrier.init");
        return barriers.TryGetValue(address, out MemoryBarrier? barrier) ? barrier
            : throw Faults.At(FaultKind.Uninitialized, "no mbarrier.init was done there", at, offset, lane);
    }

    /// <summary>fence.mbarrier_init of a lane.</summary>
    public void FenceInit(Access access, int clock)
    {
        foreach (MemoryBarrier barrier in barriers.Values)
            barrier.FenceInit(access, clock);
    }

    public void CheckAtExit()
    {
        foreach (MemoryBarrier barrier in barriers.Values)
        {
            if (barrier.OutstandingBytes != 0)
            {
                throw Faults.At(FaultKind.Asynchronous,
                    $"the CTA ends while an mbarrier still waits for {barrier.OutstandingBytes} bytes", barrier.At, barrier.Offset, 0);
            }
        }
    }

    private (Allocation At, long Offset) Place(ulong address, int lane)
    {
        ulong local = MemoryReference.Offset(StateSpace.Shared, address);
        if (address % Bytes != 0)
        {
            string? name = cta.Shared.Find(local, 1)?.Name;
            throw new FaultException(FaultKind.Misaligned, "an mbarrier needs 8 bytes")
            {
                Lane = lane,
                Address = address,
                Allocation = name,
            };
        }
        Allocation at = cta.Shared.Locate(local, Bytes, lane);
        return (at, (long)(local - at.Address));
    }
}
