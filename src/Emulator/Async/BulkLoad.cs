using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// cp.async.bulk from global memory, or from the CTA's shared memory, to shared memory of the cluster (PTX ISA 9.7.9.25.4.1).
/// </summary>
internal sealed unsafe class BulkLoad(
    Address to, Address from, LaneSlot size, Address barrier, LaneSlot? multicast, bool fromShared) : Instruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong source = At(warp, from, lane), shared = At(warp, to, lane), signal = At(warp, barrier, lane);
            int bytes = (int)size.Read(warp, lane);
            if (bytes % 16 != 0 || source % 16 != 0)
            {
                throw BulkTransfer.Misaligned(warp, source, bytes, lane);
            }
            foreach ((ulong target, ulong mbarrier) in BulkTransfer.Targets(warp, shared, signal, (uint?)multicast?.Read(warp, lane)))
                One(warp, lane, source, target, mbarrier, bytes);
        }
    }

    private static ulong At(Warp warp, Address address, int lane)
    {
        MemoryReference.Addresses(warp, address);
        return (ulong)warp.Addresses[lane];
    }

    private static (Allocation At, long Offset) Global(Warp warp, ulong address, int bytes, int lane)
    {
        Allocation at = MemoryReference.Locate(warp, StateSpace.Global, address, bytes, lane);
        return (at, (long)(address - at.Address));
    }

    private void One(Warp warp, int lane, ulong source, ulong target, ulong mbarrier, int bytes)
    {
        warp.Begin(Line);
        warp.SetLane(lane);
        MemoryBarrier done = BarrierReference.Find(warp, mbarrier, lane, AddressMap.SpaceOf(mbarrier) == StateSpace.Shared);
        Access access = BulkTransfer.BookLoad(warp, lane, Line, done);
        (Allocation from, long start) = fromShared ? BulkTransfer.Shared(warp, source, bytes, 16, lane) : Global(warp, source, bytes, lane);
        from.Shadow.ReadWritten(from, start, bytes, access);
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, target, bytes, 16, lane);
        shared.Shadow.Write(shared, offset, bytes, access, null);
        byte* origin = from.Data + start, destination = shared.Data + offset;
        BulkTransfer.IssueLoad(warp, lane, Line, done, bytes, () => Buffer.MemoryCopy(origin, destination, bytes, bytes));
    }
}
