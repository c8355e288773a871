using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>ld (PTX ISA 9.7.9.8).</summary>
internal sealed unsafe class Load(MemoryShape shape, Address address, LaneSlot[] destinations) : Instruction
{
    private readonly bool isWord = shape is { Count: 1, Scope: Scope.Weak } && shape.Type.Bytes() == 4 && destinations[0].Bytes == 4;
    private readonly int elementBytes = shape.Type.Bytes();
    private readonly bool isSigned = shape.Type.IsSigned();

    public override void Execute(Warp warp)
    {
        MemoryReference.Addresses(warp, address);
        warp.Begin(Line, shape.Scope).IsReadOnly = shape.IsReadOnly;
        if (isWord && Row.TryRead(warp, this, shape.Space, warp.Slot<uint>(destinations[0].Slot)))
            return;
        warp.Cta.Launch.Counters.Access(this, shape.Space, warp.Addresses, warp.Active, shape.Bytes);
        if (shape.Space == StateSpace.Local ? TryLocal(warp) : shape.Scope == Scope.Weak && TryTogether(warp))
            return;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            warp.SetLane(lane);
            ulong at = (ulong)warp.Addresses[lane];
            byte* from = MemoryReference.Read(
                warp, shape.Space, at, shape.Bytes, lane, out Allocation? allocation, out UnwrittenBytes unwritten);
            if (shape.Scope != Scope.Weak && allocation is not null)
                Strong(warp, lane, allocation, from);
            else
                Store(warp, lane, from);
            if (unwritten.Any)
                Carry(warp, lane, unwritten, new UnwrittenOrigin(Line, Name(allocation), allocation?.Name, at));
        }
        if (shape.Scope != Scope.Weak)
            StrongTurn.End(warp);
    }

    private bool TryLocal(Warp warp)
    {
        if (isWord && warp.Local.TryReadWords(warp.Addresses, warp.Active, warp.Slot<uint>(destinations[0].Slot)))
            return true;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            byte* from = warp.Local.TryRead((ulong)warp.Addresses[lane], shape.Bytes, lane);
            if (from is null)
                return false;
            Store(warp, lane, from);
        }
        return true;
    }

    private bool TryTogether(Warp warp)
    {
        if (OneAllocation.Find(warp, shape.Space, shape.Bytes) is not { } at)
            return false;
        var check = new LaneCheck(warp);
        if (isWord)
            return TryWords(warp, at, check);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            long offset = warp.Addresses[lane] - (long)at.Address;
            if (!at.Shadow.TryRead(at, offset, shape.Bytes, lane, check))
                return false;
            Store(warp, lane, at.Data + offset);
        }
        return true;
    }

    private bool TryWords(Warp warp, Allocation at, in LaneCheck check)
    {
        if (!at.Shadow.TryReadWords(at, warp.Addresses, warp.Active, check))
            return false;
        uint* words = warp.Slot<uint>(destinations[0].Slot);
        byte* data = at.Data - at.Address;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            words[lane] = *(uint*)(data + warp.Addresses[lane]);
        }
        return true;
    }

    /// <summary>Elements of a vector are read one by one (PTX ISA 8.2.2), each the newest or an older one.</summary>
    private void Strong(Warp warp, int lane, Allocation allocation, byte* from)
    {
        byte* values = stackalloc byte[shape.Bytes];
        for (int i = 0; i < shape.Bytes; i += elementBytes)
        {
            ulong? old = MemoryOrder.Read(warp, allocation, from + i - allocation.Data, elementBytes, shape.Ordered);
            ulong bits = old ?? 0;
            Buffer.MemoryCopy(old is null ? from + i : (byte*)&bits, values + i, elementBytes, elementBytes);
        }
        Store(warp, lane, values);
    }

    private void Store(Warp warp, int lane, byte* from)
    {
        foreach (LaneSlot to in destinations)
        {
            if (elementBytes == 16)
                warp.Slot<UInt128>(to.Slot)[lane] = *(UInt128*)from;
            else
                to.Write(warp, lane, isSigned ? (ulong)Signed(from, elementBytes) : ScalarBits.Read(from, elementBytes));
            from += elementBytes;
        }
    }

    /// <summary>Registers take in what nobody wrote; a sign that nobody wrote fills the rest of a wider register.</summary>
    private void Carry(Warp warp, int lane, UnwrittenBytes unwritten, UnwrittenOrigin origin)
    {
        for (int i = 0; i < destinations.Length; i++)
        {
            UnwrittenBytes part = unwritten.Part(i * elementBytes, elementBytes);
            bool isSignMissing = isSigned && part.Has(elementBytes - 1) && (part.KeptOf(elementBytes - 1) & 0x80) == 0;
            if (isSignMissing)
                part = part.With(elementBytes, destinations[i].Bytes - elementBytes, part.IsComputed);
            else if (destinations[i].Bytes > elementBytes)
                part = part.Extended(elementBytes);
            warp.Unwritten.Set(destinations[i].Slot, lane, new Unwritten(part, origin));
        }
    }

    private string Name(Allocation? at) => at?.SpaceText ?? StateSpace.Local.ToString().ToLowerInvariant();

    private static long Signed(byte* from, int bytes) => bytes switch
    {
        1 => *(sbyte*)from,
        2 => *(short*)from,
        4 => *(int*)from,
        _ => *(long*)from,
    };
}
