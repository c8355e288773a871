using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.bulk.tensor from global to shared memory, tiled (PTX ISA 9.7.9.27.1.2): zeros outside of the tensor.</summary>
internal sealed unsafe class TensorLoad(Address to, Address map, LaneSlot[] coordinates, Address barrier, LaneSlot? multicast) : Instruction
{
    private const int Align = 128;

    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            MemoryReference.Addresses(warp, to);
            ulong shared = (ulong)warp.Addresses[lane];
            MemoryReference.Addresses(warp, barrier);
            ulong signal = (ulong)warp.Addresses[lane];
            TensorBox box = TensorBox.Of(warp, map, coordinates, lane, Line);
            foreach ((ulong target, ulong mbarrier) in BulkTransfer.Targets(warp, shared, signal, (uint?)multicast?.Read(warp, lane)))
                One(warp, lane, box, target, mbarrier);
        }
    }

    private void One(Warp warp, int lane, TensorBox box, ulong target, ulong mbarrier)
    {
        warp.Begin(Line);
        warp.SetLane(lane);
        MemoryBarrier done = BarrierReference.Find(warp, mbarrier, lane, AddressMap.SpaceOf(mbarrier) == StateSpace.Shared);
        int bytes = box.Map.BoxBytes;
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, target, bytes, Align, lane);
        Access access = BulkTransfer.BookLoad(warp, lane, Line, done);
        shared.Shadow.Write(shared, offset, bytes, access, null);
        Allocation global = box.Tensor;
        box.Rows((_, _, length, at) =>
        {
            if (length > 0)
                Check(global, at, length, access);
        });
        uint address = (uint)(shared.Address + (ulong)offset);
        BulkTransfer.IssueLoad(warp, lane, Line, done, bytes, () => Move(box, global, shared, address));
    }

    private static void Check(Allocation global, long at, int length, Access access)
    {
        if (at < 0 || at + length > global.Size)
            throw Faults.At(FaultKind.OutOfBounds, "the tensor map reaches outside of its buffer", global, at, access.Lane);
        global.Shadow.ReadWritten(global, at, length, access);
    }

    private static void Move(TensorBox box, Allocation global, Allocation shared, uint address)
    {
        int rowBytes = box.Map.Box[0] * box.Map.ElementBytes;
        var row = new byte[rowBytes];
        box.Rows((offset, start, length, at) =>
        {
            Array.Clear(row);
            if (length > 0)
                global.Part(at, length).CopyTo(row.AsSpan(start));
            box.Swizzled(address, offset, rowBytes, (place, from, count) =>
                row.AsSpan(from, count).CopyTo(shared.Part((long)(place - shared.Address), count)));
        });
    }
}
