using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>st (PTX ISA 9.7.9.12).</summary>
internal sealed unsafe class Store(MemoryShape shape, Address address, LaneSlot[] sources) : Instruction
{
    private readonly bool isWord = shape is { Count: 1, Scope: Scope.Weak } && shape.Type.Bytes() == 4 && sources[0].Bytes == 4;
    private readonly int elementBytes = shape.Type.Bytes();
    private readonly bool isByte = shape is { Bytes: 1, Space: StateSpace.Global or StateSpace.Generic };

    public override bool MayCarry(int slot) => slot != address.Slot && slot != Guard;

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Begin(Line, shape.Scope);
        uint partly = 0;
        foreach (LaneSlot from in sources)
            partly |= warp.Active & ~warp.Ready[from.Slot];
        if (isWord && partly == 0 && Row.TryWrite(warp, this, shape.Space, warp.Slot<uint>(sources[0].Slot)))
            return;
        warp.Cta.Launch.Counters.Access(this, shape.Space, warp.Addresses, warp.Active, shape.Bytes);
        byte* value = stackalloc byte[32];
        uint left = warp.Active;
        if (shape.Space == StateSpace.Local && partly == 0)
            left = ToLocal(warp, value);
        else if (shape.Scope == Scope.Weak && partly == 0 && OneAllocation.Find(warp, shape.Space, shape.Bytes) is { } one)
            left = Together(warp, one, value);
        for (uint rest = left; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Gather(warp, lane, value);
            warp.SetLane(lane);
            ulong at = (ulong)warp.Addresses[lane];
            Unwritten unwritten = (partly >> lane & 1) != 0 ? PutBack(Missing(warp, lane), at) : default;
            byte* to = MemoryReference.Write(warp, shape.Space, at, shape.Bytes, lane, value, unwritten.Bytes, out Allocation? allocation);
            if (unwritten.Any && allocation is { Space: StateSpace.Global })
                RequireLeavable(warp, unwritten, at, lane);
            if (allocation is not null)
                Order(warp, allocation, to - allocation.Data);
            Buffer.MemoryCopy(value, to, shape.Bytes, shape.Bytes);
        }
        if (isByte)
            warp.RememberBytes();
        if (shape.Scope != Scope.Weak)
            StrongTurn.End(warp);
    }

    private uint ToLocal(Warp warp, byte* value)
    {
        if (isWord && warp.Local.TryWriteWords(warp.Addresses, warp.Active, warp.Slot<uint>(sources[0].Slot)))
            return 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            byte* to = warp.Local.TryWrite((ulong)warp.Addresses[lane], shape.Bytes, lane);
            if (to is null)
                return rest;
            Gather(warp, lane, value);
            Buffer.MemoryCopy(value, to, shape.Bytes, shape.Bytes);
        }
        return 0;
    }

    /// <summary>Lanes that the quick way couldn't do, and those after them.</summary>
    private uint Together(Warp warp, Allocation at, byte* value)
    {
        var check = new LaneCheck(warp);
        uint* words = warp.Slot<uint>(sources[0].Slot);
        warp.Cta.Launch.Progress++;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            long offset = warp.Addresses[lane] - (long)at.Address;
            if (isWord)
                *(uint*)value = words[lane];
            else
                Gather(warp, lane, value);
            if (!at.Shadow.TryWrite(at, offset, shape.Bytes, lane, check, value))
                return rest;
            at.Strong?.Forget(offset, shape.Bytes);
            if (isWord)
                *(uint*)(at.Data + offset) = words[lane];
            else
                Buffer.MemoryCopy(value, at.Data + offset, shape.Bytes, shape.Bytes);
        }
        return 0;
    }

    private void Order(Warp warp, Allocation allocation, long offset)
    {
        if (shape.Scope == Scope.Weak)
        {
            MemoryOrder.Overwrite(warp, allocation, offset, shape.Bytes);
        }
        else
        {
            for (int i = 0; i < shape.Bytes; i += elementBytes)
                MemoryOrder.Write(warp, allocation, offset + i, elementBytes, shape.Ordered);
        }
    }

    private void Gather(Warp warp, int lane, byte* value)
    {
        foreach (LaneSlot from in sources)
        {
            if (elementBytes == 16)
            {
                *(UInt128*)value = warp.Slot<UInt128>(from.Slot)[lane];
            }
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
            UnwrittenBytes part = one.Bytes.Lowest(elementBytes);
            if (part.Any)
                all = all.Join(one with { Bytes = part.Up(i * elementBytes) });
        }
        return all;
    }

    /// <summary>Bits beside a bit-field that go back where they came from with it are padding as before, not a result.</summary>
    private static Unwritten PutBack(Unwritten value, ulong at) =>
        value.Bytes.Kept != 0 && value.Origin?.Address == at ? value with { Bytes = value.Bytes with { IsComputed = false } } : value;

    /// <summary>
    /// Global memory outlives the launch. Padding and unused parts of a vector may go there with the rest of what is stored; a result of
    /// arithmetic may not, nor a store of nothing else, but a byte in the course of a copy byte by byte: compilers copy large structs so.
    /// </summary>
    private void RequireLeavable(Warp warp, Unwritten unwritten, ulong at, int lane)
    {
        if (isByte && !unwritten.Bytes.IsComputed && warp.LastByte(lane) == at - 1)
            return;
        if (unwritten.Bytes.IsComputed || unwritten.Bytes.IsWhole(shape.Bytes))
            throw UnwrittenRegisters.Used(this, "what is stored to global memory", unwritten, lane);
    }
}
