using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// tensormap.replace (PTX ISA 9.7.9.28): one field of a tensor map in global or shared memory; an ordinary write of the object.
/// </summary>
internal sealed unsafe class TensorMapReplace(StateSpace space, Address address, string field, int index, LaneSlot value) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        byte* changed = stackalloc byte[TensorMapObject.Bytes];
        warp.Begin(Line);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            (StateSpace where, ulong local) = (space, (ulong)warp.Addresses[lane]);
            if (where == StateSpace.Generic)
                (where, local) = MemoryReference.FromGeneric(warp, lane, local);
            (Allocation at, long offset) = TensorMapPlace.Find(warp, where, local, lane);
            warp.SetLane(lane);
            Buffer.MemoryCopy(at.Data + offset, changed, TensorMapObject.Bytes, TensorMapObject.Bytes);
            TensorMapObject.Replace(new Span<byte>(changed, TensorMapObject.Bytes), field, index, value.Read(warp, lane));
            at.Shadow.Write(at, offset, TensorMapObject.Bytes, warp.Access, changed);
            MemoryOrder.Overwrite(warp, at, offset, TensorMapObject.Bytes);
            Buffer.MemoryCopy(changed, at.Data + offset, TensorMapObject.Bytes, TensorMapObject.Bytes);
        }
    }
}
