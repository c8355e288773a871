using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>atom and red: lane after lane, as a legal order.</summary>
/// <param name="usesOld">whether what is written depends on what stood there; exch only hands it on</param>
internal sealed unsafe class Atomic(
    StateSpace space, int bytes, Scope scope, string order, Address address, LaneSlot? d, LaneSlot[] sources, bool usesOld,
    Func<ulong, ulong, ulong, ulong> function) : Instruction
{
    private readonly bool acquires = order is "acquire" or "acq_rel", releases = order is "release" or "acq_rel";

    public override bool MayCarry(int slot) => !usesOld && slot != address.Slot && slot != Guard;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Cta.Launch.Counters.Access(this, space, warp.Addresses, warp.Active, bytes);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line, scope).IsAtomic = true;
            warp.SetLane(lane);
            One(warp, lane);
        }
        StrongTurn.End(warp);
    }

    private void One(Warp warp, int lane)
    {
        ulong at = (ulong)warp.Addresses[lane];
        (Allocation allocation, long offset) = MemoryReference.Place(warp, space, at, bytes, lane);
        UnwrittenBytes missing = allocation.Shadow.Missing(offset, bytes);
        if (missing.Any && usesOld) throw Faults.Uninitialized("updated before any write", allocation, offset, warp.Access);
        UnwrittenBytes carried = usesOld ? default : warp.Unwritten.Of(sources[0].Slot, lane).Bytes.Part(0, bytes);
        if (carried.Any && allocation.Space == StateSpace.Global)
            throw UnwrittenRegisters.Used(this, "what is put into global memory", warp.Unwritten.Of(sources[0].Slot, lane), lane);
        byte* place = allocation.Data + offset;
        ulong old = 0;
        Buffer.MemoryCopy(place, &old, 8, bytes);
        ulong fresh = function(old, sources[0].Read(warp, lane), sources.Length > 1 ? sources[1].Read(warp, lane) : 0);
        StrongPlace history = MemoryOrder.ReadNewest(warp, allocation, offset, bytes, acquires);
        allocation.Shadow.Write(allocation, offset, bytes, warp.Access, (byte*)&fresh, carried);
        MemoryOrder.Update(warp, history, allocation, releases);
        Buffer.MemoryCopy(&fresh, place, bytes, bytes);
        if (d is not { } result) return;
        result.Write(warp, lane, old);
        if (missing.Any) warp.Unwritten.Set(result.Slot, lane, new Unwritten(missing, new UnwrittenOrigin(Line, allocation.SpaceText, allocation.Name, at)));
    }
}
