using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>ld (PTX ISA 9.7.9.8).</summary>
internal sealed unsafe class Load(MemoryShape shape, Address address, LaneSlot[] destinations) : Instruction
{
    private readonly bool plain = shape is { Count: 1, Scope: Checking.Scope.Weak, Space: StateSpace.Global or StateSpace.Shared }
        && shape.Type.Bytes() == 4 && destinations[0].Bytes == 4;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Begin(Line, shape.Scope);
        if (plain && CoalescedAccess.TryRead(warp, this, shape.Space, warp.Slot<uint>(destinations[0].Slot))) return;
        warp.Cta.Launch.Counters.Access(this, shape.Space, warp.Addresses, warp.Active, shape.Bytes);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.SetLane(lane);
            ulong at = (ulong)warp.Addresses[lane];
            byte* from = MemoryReference.Resolve(warp, shape.Space, at, shape.Bytes, lane, null, out Allocation? allocation);
            if (shape.Scope != Checking.Scope.Weak && allocation is not null) Strong(warp, lane, allocation, from);
            else Store(warp, lane, from);
        }
        if (shape.Scope != Checking.Scope.Weak) StrongTurn.End(warp);
    }

    /// <summary>Elements of a vector are read one by one (PTX ISA 8.2.2), each the newest or an older one.</summary>
    private void Strong(Warp warp, int lane, Allocation allocation, byte* from)
    {
        int bytes = shape.Type.Bytes();
        byte* values = stackalloc byte[shape.Bytes];
        for (int i = 0; i < shape.Bytes; i += bytes)
        {
            ulong? old = MemoryOrder.Read(warp, allocation, from + i - allocation.Data, bytes, shape.Ordered);
            ulong bits = old ?? 0;
            Buffer.MemoryCopy(old is null ? from + i : (byte*)&bits, values + i, bytes, bytes);
        }
        Store(warp, lane, values);
    }

    private void Store(Warp warp, int lane, byte* from)
    {
        int bytes = shape.Type.Bytes();
        bool signed = shape.Type.IsSigned();
        foreach (LaneSlot to in destinations)
        {
            if (bytes == 16) warp.Slot<UInt128>(to.Slot)[lane] = *(UInt128*)from;
            else to.Write(warp, lane, signed ? (ulong)Signed(from, bytes) : Unsigned(from, bytes));
            from += bytes;
        }
    }

    private static ulong Unsigned(byte* from, int bytes) => bytes switch
    {
        1 => *from,
        2 => *(ushort*)from,
        4 => *(uint*)from,
        _ => *(ulong*)from,
    };

    private static long Signed(byte* from, int bytes) => bytes switch
    {
        1 => *(sbyte*)from,
        2 => *(short*)from,
        4 => *(int*)from,
        _ => *(long*)from,
    };
}
