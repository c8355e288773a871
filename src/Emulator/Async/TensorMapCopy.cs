using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// tensormap.cp_fenceproxy (PTX ISA 9.7.9.29): the warp copies a map from shared to global memory, a word a lane, and releases it.
/// The lanes meet, so what one of them did to the map comes before.
/// </summary>
internal sealed unsafe class TensorMapCopy(Address to, Address from) : Instruction
{
    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "tensormap.cp_fenceproxy"))
            return;
        warp.Learn(warp.Active, warp.Publish(warp.Active));
        int first = int.TrailingZeroCount((int)warp.Active);
        (Allocation source, long read) = Place(warp, from, StateSpace.Shared, first);
        (Allocation target, long write) = Place(warp, to, StateSpace.Global, first);
        warp.Begin(Line);
        for (int word = 0; word < TensorMapObject.Bytes / 4; word++)
        {
            int lane = (warp.Active >> word & 1) != 0 ? word : first, at = word * 4;
            warp.SetLane(lane);
            source.Shadow.ReadWritten(source, read + at, 4, warp.Access);
            target.Shadow.Write(target, write + at, 4, warp.Access, source.Data + read + at);
        }
        MemoryOrder.Overwrite(warp, target, write, TensorMapObject.Bytes);
        Buffer.MemoryCopy(source.Data + read, target.Data + write, TensorMapObject.Bytes, TensorMapObject.Bytes);
        warp.Learn(warp.Active, warp.Publish(warp.Active));
        MemoryOrder.Fence(warp, Checking.Scope.Gpu, isSequential: false);
    }

    private static (Allocation At, long Offset) Place(Warp warp, Address address, StateSpace space, int lane)
    {
        MemoryReference.Addresses(warp, address);
        ulong at = (ulong)warp.Addresses[lane];
        if (AddressMap.SpaceOf(at) == space)
            at -= AddressMap.Window(space);
        return TensorMapPlace.Find(warp, space, at, lane);
    }
}
