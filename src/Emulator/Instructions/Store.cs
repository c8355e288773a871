using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>st (PTX ISA 9.7.9.12).</summary>
internal sealed unsafe class Store(MemoryShape shape, Address address, LaneSlot[] sources) : Instruction
{
    private readonly bool plain = shape is { Count: 1, Scope: Checking.Scope.Weak, Space: StateSpace.Global or StateSpace.Shared }
        && shape.Type.Bytes() == 4 && sources[0].Bytes == 4;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Begin(Line, shape.Scope);
        if (plain && CoalescedAccess.TryWrite(warp, this, shape.Space, warp.Slot<uint>(sources[0].Slot))) return;
        warp.Cta.Launch.Counters.Access(this, shape.Space, warp.Addresses, warp.Active, shape.Bytes);
        byte* value = stackalloc byte[32];
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Gather(warp, lane, value);
            warp.SetLane(lane);
            byte* to = MemoryReference.Resolve(warp, shape.Space, (ulong)warp.Addresses[lane], shape.Bytes, lane, value, out Allocation? allocation);
            if (allocation is not null && shape.Scope != Checking.Scope.Weak)
                warp.Cta.Launch.Stale.Remember(warp.Access, allocation, to - allocation.Data, shape.Bytes);
            if (allocation is not null)
                MemoryOrder.BeforeWrite(warp, lane, allocation, to - allocation.Data, shape.Scope, shape.Ordered, carriesOn: false);
            Buffer.MemoryCopy(value, to, shape.Bytes, shape.Bytes);
        }
    }

    private void Gather(Warp warp, int lane, byte* value)
    {
        int bytes = shape.Type.Bytes();
        foreach (LaneSlot from in sources)
        {
            if (bytes == 16) *(UInt128*)value = warp.Slot<UInt128>(from.Slot)[lane];
            else
            {
                ulong bits = from.Read(warp, lane);
                Buffer.MemoryCopy(&bits, value, bytes, bytes);
            }
            value += bytes;
        }
    }
}
