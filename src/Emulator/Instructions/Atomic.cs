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
        warp.Begin(Line, scope).IsAtomic = true;
        uint left = acquires || releases || OneAllocation.Find(warp, space, bytes) is not { } at ? warp.Active : Together(warp, at);
        for (uint rest = left; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line, scope).IsAtomic = true;
            warp.SetLane(lane);
            One(warp, lane);
        }
        StrongTurn.End(warp);
    }

    /// <summary>
    /// Relaxed updates of places that only such have touched; returns the lanes from the first on that need the thorough way.
    /// </summary>
    private uint Together(Warp warp, Allocation at)
    {
        var check = new LaneCheck(warp);
        StrongPlace? history = null;
        foreach (LaneSlot source in sources)
        {
            if ((warp.Active & ~warp.Ready[source.Slot]) != 0)
                return warp.Active;
        }
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            long offset = warp.Addresses[lane] - (long)at.Address;
            if (!at.Shadow.TryUpdate(offset, bytes, lane, check))
                return rest;
            check.Of(lane);
            if (history is null || history.Offset != offset)
                history = MemoryOrder.ReadNewest(warp, at, offset, bytes, acquire: false);
            else
                MemoryOrder.ReadNewest(warp, history);
            Apply(warp, lane, at.Data + offset, history, at);
        }
        return 0;
    }

    private void Apply(Warp warp, int lane, byte* place, StrongPlace history, Allocation at)
    {
        ulong old = ScalarBits.Read(place, bytes);
        ulong fresh = function(old, sources[0].Read(warp, lane), sources.Length > 1 ? sources[1].Read(warp, lane) : 0);
        MemoryOrder.Update(warp, history, at, releases);
        ScalarBits.Write(place, bytes, fresh);
        d?.Write(warp, lane, old);
    }

    private void One(Warp warp, int lane)
    {
        ulong at = (ulong)warp.Addresses[lane];
        (Allocation allocation, long offset) = MemoryReference.Place(warp, space, at, bytes, lane);
        UnwrittenBytes missing = allocation.Shadow.Missing(offset, bytes);
        if (missing.Any && usesOld)
            throw Faults.Uninitialized("updated before any write", allocation, offset, warp.Access);
        UnwrittenBytes carried = usesOld ? default : warp.Unwritten.Of(sources[0].Slot, lane).Bytes.Part(0, bytes);
        if (carried.Any && allocation.Space == StateSpace.Global)
            throw UnwrittenRegisters.Used(this, "what is put into global memory", warp.Unwritten.Of(sources[0].Slot, lane), lane);
        byte* place = allocation.Data + offset;
        ulong fresh = function(
            ScalarBits.Read(place, bytes), sources[0].Read(warp, lane), sources.Length > 1 ? sources[1].Read(warp, lane) : 0);
        StrongPlace history = MemoryOrder.ReadNewest(warp, allocation, offset, bytes, acquires);
        allocation.Shadow.Write(allocation, offset, bytes, warp.Access, (byte*)&fresh, carried);
        Apply(warp, lane, place, history, allocation);
        if (missing.Any && d is { } result)
        {
            warp.Unwritten.Set(
                result.Slot, lane, new Unwritten(missing, new UnwrittenOrigin(Line, allocation.SpaceText, allocation.Name, at)));
        }
    }
}
