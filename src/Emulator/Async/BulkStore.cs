using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.bulk from shared to global memory (PTX ISA 9.7.9.25.4.1).</summary>
internal sealed unsafe class BulkStore(Address to, Address from, LaneSlot size) : Instruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            MemoryReference.Addresses(warp, to);
            ulong target = (ulong)warp.Addresses[lane];
            MemoryReference.Addresses(warp, from);
            One(warp, lane, (ulong)warp.Addresses[lane], target, (int)size.Read(warp, lane));
        }
    }

    private void One(Warp warp, int lane, ulong source, ulong target, int bytes)
    {
        if (bytes % 16 != 0 || target % 16 != 0)
        {
            throw BulkTransfer.Misaligned(warp, target, bytes, lane);
        }
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, source, bytes, 16, lane);
        Access reads = AsyncWork.Book(warp, Actor.BulkRead, lane, Line);
        int group = reads.Clock;
        shared.Shadow.ReadWritten(shared, offset, bytes, reads);
        Allocation global = MemoryReference.Locate(warp, StateSpace.Global, target, bytes, lane);
        global.Shadow.Write(global, (long)(target - global.Address), bytes, AsyncWork.Book(warp, Actor.BulkWrite, lane, Line), null);
        warp.Cta.Launch.Counters.BulkBytes += bytes;
        byte* origin = shared.Data + offset, destination = global.Data + (target - global.Address);
        AsyncWork.Issue(
            warp, new AsyncOperation(Actor.BulkRead, warp, lane, group, () => Buffer.MemoryCopy(origin, destination, bytes, bytes)));
    }
}
