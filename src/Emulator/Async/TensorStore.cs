using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.bulk.tensor from shared to global memory, tiled (PTX ISA 9.7.9.27.1.2): what lies outside of the tensor is dropped.</summary>
internal sealed unsafe class TensorStore(Address map, LaneSlot[] coordinates, Address from) : Instruction
{
    private const int Align = 128;

    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            MemoryReference.Addresses(warp, from);
            ulong source = (ulong)warp.Addresses[lane];
            One(warp, lane, TensorBox.Of(warp, map, coordinates, lane, Line), source);
        }
    }

    private void One(Warp warp, int lane, TensorBox box, ulong source)
    {
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, source, box.Map.BoxBytes, Align, lane);
        Access reads = AsyncWork.Book(warp, Actor.BulkRead, lane, Line);
        int group = reads.Clock;
        shared.Shadow.ReadWritten(shared, offset, box.Map.BoxBytes, reads);
        Allocation global = box.Tensor;
        Access writes = AsyncWork.Book(warp, Actor.BulkWrite, lane, Line);
        box.Rows((_, _, length, at) =>
        {
            if (length == 0) return;
            if (at < 0 || at + length > global.Size)
                throw Faults.At(FaultKind.OutOfBounds, "the tensor map reaches outside of its buffer", global, at, lane);
            global.Shadow.Write(global, at, length, writes, null);
        });
        warp.Cta.Launch.Counters.AsyncBytes += box.Map.BoxBytes;
        uint address = (uint)(shared.Address + (ulong)offset);
        AsyncWork.Issue(warp, new AsyncOperation(Actor.BulkRead, warp, lane, group, () => Move(box, global, shared, address)));
    }

    private static void Move(TensorBox box, Allocation global, Allocation shared, uint address)
    {
        int rowBytes = box.Map.Box[0] * box.Map.ElementBytes;
        var row = new byte[rowBytes];
        box.Rows((offset, start, length, at) =>
        {
            box.Swizzled(address, offset, rowBytes, (place, to, count) =>
                shared.Part((long)(place - shared.Address), count).CopyTo(row.AsSpan(to)));
            if (length > 0) row.AsSpan(start, length).CopyTo(global.Part(at, length));
        });
    }
}
