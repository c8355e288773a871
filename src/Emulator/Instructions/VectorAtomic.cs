using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>atom and red of vectors, whose elements are atomic one by one, and of 128 bits (PTX ISA 9.7.13.5–6).</summary>
internal sealed unsafe class VectorAtomic(
    StateSpace space, int bytes, Scope scope, string order, Address address, LaneSlot[] d, LaneSlot[][] sources,
    Func<UInt128, UInt128, UInt128, UInt128> function) : Instruction
{
    private readonly int count = sources[0].Length;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Cta.Launch.Counters.Access(this, space, warp.Addresses, warp.Active, bytes * count);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line, scope).IsAtomic = true;
            warp.SetLane(lane);
            (Allocation at, long offset) = MemoryReference.Place(warp, space, (ulong)warp.Addresses[lane], bytes * count, lane);
            for (int i = 0; i < count; i++)
                One(warp, lane, at, offset + i * bytes, i);
        }
        StrongTurn.End(warp);
    }

    private void One(Warp warp, int lane, Allocation at, long offset, int element)
    {
        if (at.Shadow.Missing(offset, bytes).Any)
            throw Faults.Uninitialized("updated before any write", at, offset, warp.Access);
        byte* place = at.Data + offset;
        UInt128 old = 0;
        Buffer.MemoryCopy(place, &old, 16, bytes);
        UInt128 fresh = function(old, Read(warp, lane, sources[0][element]), sources.Length > 1 ? Read(warp, lane, sources[1][element])
            : 0);
        StrongPlace history = MemoryOrder.ReadNewest(warp, at, offset, bytes, order is "acquire" or "acq_rel");
        at.Shadow.Write(at, offset, bytes, warp.Access, (byte*)&fresh);
        MemoryOrder.Update(warp, history, at, order is "release" or "acq_rel");
        Buffer.MemoryCopy(&fresh, place, bytes, bytes);
        if (d.Length == 0)
            return;
        if (bytes == 16)
            warp.Slot<UInt128>(d[element].Slot)[lane] = old;
        else
            d[element].Write(warp, lane, (ulong)old);
    }

    private UInt128 Read(Warp warp, int lane, LaneSlot from) => bytes == 16 ? warp.Slot<UInt128>(from.Slot)[lane] : from.Read(warp, lane);
}
