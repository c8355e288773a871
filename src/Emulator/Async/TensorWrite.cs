using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// A box of shared memory that goes to a tensor in global memory (PTX ISA 9.7.9.27.1.2–3): what lies outside of the tensor is dropped.
/// </summary>
internal abstract class TensorWrite(Address map, LaneSlot[] coordinates, Address from) : Instruction
{
    private const int Align = 128;

    /// <summary>Puts some bytes of a row into the tensor.</summary>
    protected delegate void Put(ReadOnlySpan<byte> bytes, Span<byte> tensor);

    public sealed override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong source = SourceOf(warp, lane);
            One(warp, lane, TensorBox.Of(warp, map, coordinates, lane, Line), source);
        }
    }

    /// <summary>What is done with a row by a box's map, or a fault.</summary>
    protected abstract Put PutOf(TensorMap map, int lane);

    /// <summary>Records the write of some bytes.</summary>
    protected abstract void Book(Allocation tensor, long at, int length, Access writes);

    private unsafe ulong SourceOf(Warp warp, int lane)
    {
        MemoryReference.Addresses(warp, from);
        return (ulong)warp.Addresses[lane];
    }

    private void One(Warp warp, int lane, TensorBox box, ulong source)
    {
        Put put = PutOf(box.Map, lane);
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, source, box.Map.BoxBytes, Align, lane);
        Access reads = AsyncWork.Book(warp, Actor.BulkRead, lane, Line);
        int group = reads.Clock;
        shared.Shadow.ReadWritten(shared, offset, box.Map.BoxBytes, reads);
        Access writes = AsyncWork.Book(warp, Actor.BulkWrite, lane, Line);
        box.Rows((_, _, length, at) =>
        {
            if (length == 0)
                return;
            if (at < 0 || at + length > box.Tensor.Size)
                throw Faults.At(FaultKind.OutOfBounds, "the tensor map reaches outside of its buffer", box.Tensor, at, lane);
            Book(box.Tensor, at, length, writes);
        });
        warp.Cta.Launch.Counters.BulkBytes += box.Map.BoxBytes;
        uint address = (uint)(shared.Address + (ulong)offset);
        AsyncWork.Issue(warp, new AsyncOperation(Actor.BulkRead, warp, lane, group, () => Move(box, shared, address, put)));
    }

    private static void Move(TensorBox box, Allocation shared, uint address, Put put)
    {
        int rowBytes = box.Map.Box[0] * box.Map.ElementBytes;
        var row = new byte[rowBytes];
        box.Rows((offset, start, length, at) =>
        {
            box.Swizzled(address, offset, rowBytes, (place, to, count) =>
                shared.Part((long)(place - shared.Address), count).CopyTo(row.AsSpan(to)));
            if (length > 0)
                put(row.AsSpan(start, length), box.Tensor.Part(at, length));
        });
    }
}
