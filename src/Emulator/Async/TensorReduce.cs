using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// cp.reduce.async.bulk.tensor (PTX ISA 9.7.9.27.1.3): a box of shared memory is combined into the tensor, element by element.
/// </summary>
internal sealed unsafe class TensorReduce(Address map, LaneSlot[] coordinates, Address from, string operation)
    : TensorWrite(map, coordinates, from)
{
    protected override Put PutOf(TensorMap map, int lane)
    {
        PtxType type = map.ElementType;
        Func<ulong, ulong, ulong, ulong> function = AtomicOpcodes.FunctionOf(operation, type)
            ?? throw new FaultException(FaultKind.Invalid, type == PtxType.None
                ? "a reduction by a tensor map that doesn't say the type of its elements"
                    : $"a tensor's .{operation} of elements of {type.Text()}")
            { Lane = lane };
        return (bytes, tensor) =>
        {
            fixed (byte* values = bytes, place = tensor)
                BulkReduce.Combine(values, place, bytes.Length, map.ElementBytes, function);
        };
    }

    protected override void Book(Allocation tensor, long at, int length, Access writes) => BulkReduce.Book(tensor, at, length, writes);
}
