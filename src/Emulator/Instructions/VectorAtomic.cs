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
            ulong at = (ulong)warp.Addresses[lane];
            if ((at & (uint)(bytes * count - 1)) != 0)
                throw new FaultException(FaultKind.Misaligned, $"an atomic of {bytes * count} bytes") { Lane = lane, Address = at };
            warp.Begin(Line, scope);
            for (int i = 0; i < count; i++) One(warp, lane, at + (ulong)(i * bytes), i);
        }
        StrongTurn.End(warp);
    }

    private void One(Warp warp, int lane, ulong at, int element)
    {
        UInt128 old = 0;
        warp.SetLane(lane);
        byte* from = MemoryReference.Resolve(warp, space, at, bytes, lane, null, out Allocation? allocation);
        if (allocation is null) throw new FaultException(FaultKind.Invalid, "an atomic on local memory") { Lane = lane, Address = at };
        long offset = from - allocation.Data;
        Buffer.MemoryCopy(from, &old, 16, bytes);
        UInt128 fresh = function(old, Read(warp, lane, sources[0][element]), sources.Length > 1 ? Read(warp, lane, sources[1][element]) : 0);
        MemoryOrder.ReadNewest(warp, allocation, offset, bytes, order is "acquire" or "acq_rel");
        warp.SetLane(lane);
        MemoryReference.Resolve(warp, space, at, bytes, lane, (byte*)&fresh, out _);
        MemoryOrder.Write(warp, allocation, offset, bytes, order is "release" or "acq_rel", carriesOn: true);
        Buffer.MemoryCopy(&fresh, from, bytes, bytes);
        if (d.Length == 0) return;
        if (bytes == 16) warp.Slot<UInt128>(d[element].Slot)[lane] = old;
        else d[element].Write(warp, lane, (ulong)old);
    }

    private UInt128 Read(Warp warp, int lane, LaneSlot from) => bytes == 16 ? warp.Slot<UInt128>(from.Slot)[lane] : from.Read(warp, lane);
}
