using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>st (PTX ISA 9.7.9.12).</summary>
internal sealed unsafe class Store(MemoryShape shape, Address address, LaneSlot[] sources) : Instruction
{
    private readonly bool plain = shape is { Count: 1, Scope: Scope.Weak, Space: StateSpace.Global or StateSpace.Shared }
        && shape.Type.Bytes() == 4 && sources[0].Bytes == 4;

    private readonly int elementBytes = shape.Type.Bytes();

    public override bool MayCarry(int slot) => slot != address.Slot && slot != Guard;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Begin(Line, shape.Scope);
        uint partly = 0;
        foreach (LaneSlot from in sources) partly |= warp.Active & ~warp.Ready[from.Slot];
        if (plain && partly == 0 && CoalescedAccess.TryWrite(warp, this, shape.Space, warp.Slot<uint>(sources[0].Slot))) return;
        warp.Cta.Launch.Counters.Access(this, shape.Space, warp.Addresses, warp.Active, shape.Bytes);
        byte* value = stackalloc byte[32];
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Gather(warp, lane, value);
            warp.SetLane(lane);
            ulong at = (ulong)warp.Addresses[lane];
            Unwritten unwritten = (partly >> lane & 1) != 0 ? Missing(warp, lane) : default;
            byte* to = MemoryReference.Write(warp, shape.Space, at, shape.Bytes, lane, value, unwritten.Bytes, out Allocation? allocation);
            if (unwritten.Any && allocation is { Space: StateSpace.Global }) RequireLeavable(unwritten, lane);
            if (allocation is not null) Order(warp, allocation, to - allocation.Data);
            Buffer.MemoryCopy(value, to, shape.Bytes, shape.Bytes);
        }
        if (shape.Scope != Scope.Weak) StrongTurn.End(warp);
    }

    private void Order(Warp warp, Allocation allocation, long offset)
    {
        if (shape.Scope == Scope.Weak) MemoryOrder.Overwrite(warp, allocation, offset, shape.Bytes);
        else for (int i = 0; i < shape.Bytes; i += elementBytes) MemoryOrder.Write(warp, allocation, offset + i, elementBytes, shape.Ordered);
    }

    private void Gather(Warp warp, int lane, byte* value)
    {
        foreach (LaneSlot from in sources)
        {
            if (elementBytes == 16) *(UInt128*)value = warp.Slot<UInt128>(from.Slot)[lane];
            else
            {
                ulong bits = from.Read(warp, lane);
                Buffer.MemoryCopy(&bits, value, elementBytes, elementBytes);
            }
            value += elementBytes;
        }
    }

    private Unwritten Missing(Warp warp, int lane)
    {
        Unwritten all = default;
        for (int i = 0; i < sources.Length; i++)
        {
            Unwritten one = warp.Unwritten.Of(sources[i].Slot, lane);
            UnwrittenBytes part = one.Bytes.Part(0, elementBytes);
            if (part.Any) all = all.Join(one with { Bytes = part.Up(i * elementBytes) });
        }
        return all;
    }

    /// <summary>
    /// Global memory outlives the launch. Padding and unused parts of a vector may go there with the rest of what is stored; a result of
    /// arithmetic may not, nor a store of nothing else.
    /// </summary>
    private void RequireLeavable(Unwritten unwritten, int lane)
    {
        if (unwritten.Bytes.IsComputed || unwritten.Bytes.IsWhole(shape.Bytes))
            throw UnwrittenRegisters.Used(this, "what is stored to global memory", unwritten, lane);
    }
}
