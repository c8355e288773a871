using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.bulk.tensor from shared to global memory, tiled (PTX ISA 9.7.9.27.1.2).</summary>
internal sealed unsafe class TensorStore(Address map, LaneSlot[] coordinates, Address from) : TensorWrite(map, coordinates, from)
{
    protected override Put PutOf(TensorMap map, int lane) => (bytes, tensor) => bytes.CopyTo(tensor);

    protected override void Book(Allocation tensor, long at, int length, Access writes) =>
        tensor.Shadow.Write(tensor, at, length, writes, null);
}
