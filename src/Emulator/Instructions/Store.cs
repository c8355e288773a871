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
            if (allocation is not null) Order(warp, allocation, to - allocation.Data);
            Buffer.MemoryCopy(value, to, shape.Bytes, shape.Bytes);
        }
        if (shape.Scope != Checking.Scope.Weak) StrongTurn.End(warp);
    }

    private void Order(Warp warp, Allocation allocation, long offset)
    {
        int bytes = shape.Type.Bytes();
        if (shape.Scope == Checking.Scope.Weak) MemoryOrder.Overwrite(warp, allocation, offset, shape.Bytes);
        else for (int i = 0; i < shape.Bytes; i += bytes) MemoryOrder.Write(warp, allocation, offset + i, bytes, shape.Ordered, carriesOn: false);
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
