using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>atom and red: lane after lane, as a legal order.</summary>
internal sealed unsafe class Atomic(
    StateSpace space, int bytes, Scope scope, string order, Address address, LaneSlot? d, LaneSlot[] sources,
    Func<ulong, ulong, ulong, ulong> function) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Cta.Launch.Counters.Access(this, space, warp.Addresses, warp.Active, bytes);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.Begin(Line, scope);
            warp.SetLane(lane);
            One(warp, lane);
        }
        StrongTurn.End(warp);
    }

    private void One(Warp warp, int lane)
    {
        ulong at = (ulong)warp.Addresses[lane], old = 0;
        byte* from = MemoryReference.Resolve(warp, space, at, bytes, lane, null, out Allocation? allocation);
        if (allocation is null) throw new FaultException(FaultKind.Invalid, "an atomic on local memory") { Lane = lane, Address = at };
        long offset = from - allocation.Data;
        Buffer.MemoryCopy(from, &old, 8, bytes);
        ulong fresh = function(old, sources[0].Read(warp, lane), sources.Length > 1 ? sources[1].Read(warp, lane) : 0);
        MemoryOrder.ReadNewest(warp, allocation, offset, bytes, order is "acquire" or "acq_rel");
        warp.SetLane(lane);
        MemoryReference.Resolve(warp, space, at, bytes, lane, (byte*)&fresh, out _);
        MemoryOrder.Write(warp, allocation, offset, bytes, order is "release" or "acq_rel", carriesOn: true);
        Buffer.MemoryCopy(&fresh, from, bytes, bytes);
        d?.Write(warp, lane, old);
    }
}
