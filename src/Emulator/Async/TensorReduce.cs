using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.reduce.async.bulk.tensor (PTX ISA 9.7.9.27.1.3): a box of shared memory is combined into the tensor, element by element.</summary>
internal sealed unsafe class TensorReduce(Address map, LaneSlot[] coordinates, Address from, string operation) : Instruction
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
        PtxType type = box.Map.ElementType;
        Func<ulong, ulong, ulong, ulong> function = AtomicOpcodes.FunctionOf(operation, type)
            ?? throw new FaultException(FaultKind.Invalid, type == PtxType.None
                ? "a reduction by a tensor map that doesn't say the type of its elements" : $"a tensor's .{operation} of elements of {type.Text()}")
            { Lane = lane };
        (Allocation shared, long offset) = BulkTransfer.Shared(warp, source, box.Map.BoxBytes, Align, lane);
        Access reads = AsyncWork.Book(warp, Actor.BulkRead, lane, Line);
        int group = reads.Clock;
        shared.Shadow.ReadWritten(shared, offset, box.Map.BoxBytes, reads);
        Access writes = AsyncWork.Book(warp, Actor.BulkWrite, lane, Line);
        box.Rows((_, _, length, at) =>
        {
            if (length == 0) return;
            if (at < 0 || at + length > box.Tensor.Size)
                throw Faults.At(FaultKind.OutOfBounds, "the tensor map reaches outside of its buffer", box.Tensor, at, lane);
            BulkReduce.Book(box.Tensor, at, length, writes);
        });
        warp.Cta.Launch.Counters.AsyncBytes += box.Map.BoxBytes;
        uint address = (uint)(shared.Address + (ulong)offset);
        AsyncWork.Issue(warp, new AsyncOperation(Actor.BulkRead, warp, lane, group, () => Combine(box, shared, address, function)));
    }

    private static void Combine(TensorBox box, Allocation shared, uint address, Func<ulong, ulong, ulong, ulong> function)
    {
        int rowBytes = box.Map.Box[0] * box.Map.ElementBytes;
        var row = new byte[rowBytes];
        box.Rows((offset, start, length, at) =>
        {
            box.Swizzled(address, offset, rowBytes, (place, to, count) =>
                shared.Part((long)(place - shared.Address), count).CopyTo(row.AsSpan(to)));
            if (length == 0) return;
            fixed (byte* values = row) BulkReduce.Combine(values + start, box.Tensor.Data + at, length, box.Map.ElementBytes, function);
        });
    }
}
