using System.Runtime.CompilerServices;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Local memory and parameters of calls: a frame of the same layout for each lane (PTX ISA 5.1.5, 5.1.6.4).</summary>
internal sealed unsafe class LocalMemory
{
    private const byte Never = 0, Written = 1, Computed = 2;

    private readonly FrameLayout layout;
    private readonly ushort[] owners;
    private readonly byte[] data;
    private readonly byte[] states;
    private readonly byte* start;
    private readonly byte* marks;
    private byte[] kept = [];   // bits that are written in bytes that aren't marked so; none until there are any

    public LocalMemory(FrameLayout layout)
    {
        this.layout = layout;
        owners = layout.Owners();
        data = GC.AllocateArray<byte>(layout.Size * Warp.Lanes + 64, pinned: true);
        states = GC.AllocateArray<byte>(layout.Size * Warp.Lanes + 64, pinned: true);
        start = (byte*)Unsafe.AsPointer(ref data[0]);
        marks = (byte*)Unsafe.AsPointer(ref states[0]);
    }

    /// <summary>Nobody has written anything there.</summary>
    public void Reset()
    {
        Array.Clear(data);
        Array.Clear(states);
        kept = [];
    }

    /// <summary>Address of a lane's bytes, which must lie inside one variable.</summary>
    public byte* Read(ulong address, int bytes, int lane, out UnwrittenBytes unwritten)
    {
        RequireInside(address, bytes, lane);
        ReadOnlySpan<byte> mark = Marks(address, bytes, lane);
        unwritten = default;
        if (mark.ContainsAnyExcept(Written))
        {
            for (int i = 0; i < bytes; i++)
            {
                if (mark[i] != Written)
                    unwritten = unwritten.With(i, 1, mark[i] == Computed).Keeping(i, Kept(address, lane, i));
            }
        }
        return start + lane * layout.Size + (int)address;
    }

    public byte* Write(ulong address, int bytes, int lane, UnwrittenBytes unwritten)
    {
        RequireInside(address, bytes, lane);
        Span<byte> mark = Marks(address, bytes, lane);
        mark.Fill(Written);
        if (unwritten.Any)
            Mark(address, bytes, lane, unwritten);
        return start + lane * layout.Size + (int)address;
    }

    private void Mark(ulong address, int bytes, int lane, UnwrittenBytes unwritten)
    {
        Span<byte> mark = Marks(address, bytes, lane);
        if (unwritten.Kept != 0 && kept.Length == 0)
            kept = new byte[states.Length];
        for (int i = 0; i < bytes; i++)
        {
            if (!unwritten.Has(i))
                continue;
            mark[i] = unwritten.IsComputed ? Computed : Never;
            if (kept.Length != 0)
                kept[lane * layout.Size + (int)address + i] = unwritten.KeptOf(i);
        }
    }

    private byte Kept(ulong address, int lane, int i) => kept.Length == 0 ? (byte)0 : kept[lane * layout.Size + (int)address + i];

    /// <summary>
    /// Words of some lanes that all stand at one place of their frames; false if they don't, or where lanes must be looked at one by one.
    /// </summary>
    public bool TryReadWords(long* addresses, uint lanes, uint* to)
    {
        if (!TryCommon(addresses, lanes, out long at))
            return false;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            if (*(uint*)(marks + at + int.TrailingZeroCount((int)rest) * layout.Size) != 0x01010101)
                return false;
        }
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            to[lane] = *(uint*)(start + at + lane * layout.Size);
        }
        return true;
    }

    /// <summary>As <see cref="TryReadWords"/>, for words that are all written.</summary>
    public bool TryWriteWords(long* addresses, uint lanes, uint* from)
    {
        if (!TryCommon(addresses, lanes, out long at))
            return false;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            *(uint*)(marks + at + lane * layout.Size) = 0x01010101;
            *(uint*)(start + at + lane * layout.Size) = from[lane];
        }
        return true;
    }

    private bool TryCommon(long* addresses, uint lanes, out long at)
    {
        at = addresses[int.TrailingZeroCount((int)lanes)];
        if ((at & 3) != 0 || !IsInside((ulong)at, 4))
            return false;
        for (uint rest = lanes; rest != 0; rest &= rest - 1)
        {
            if (addresses[int.TrailingZeroCount((int)rest)] != at)
                return false;
        }
        return true;
    }

    /// <summary>A lane's bytes if they are aligned, inside one variable and all written, else null.</summary>
    public byte* TryRead(ulong address, int bytes, int lane)
    {
        if (!IsInside(address, bytes) || (address & (uint)(bytes - 1)) != 0)
            return null;
        int at = lane * layout.Size + (int)address;
        bool written = bytes switch
        {
            4 => *(uint*)(marks + at) == 0x01010101,
            8 => *(ulong*)(marks + at) == 0x01010101_01010101,
            _ => !new ReadOnlySpan<byte>(marks + at, bytes).ContainsAnyExcept(Written),
        };
        return written ? start + at : null;
    }

    /// <summary>A lane's bytes, now written, if they are aligned and inside one variable, else null.</summary>
    public byte* TryWrite(ulong address, int bytes, int lane)
    {
        if (!IsInside(address, bytes) || (address & (uint)(bytes - 1)) != 0)
            return null;
        int at = lane * layout.Size + (int)address;
        if (bytes == 4)
            *(uint*)(marks + at) = 0x01010101;
        else
            new Span<byte>(marks + at, bytes).Fill(Written);
        return start + at;
    }

    /// <summary>The variable that holds the bytes, if one does.</summary>
    public PtxVariable? Find(ulong address, int bytes) => layout.Find(address, bytes);

    /// <summary>Copies arguments or results, and whether they were written.</summary>
    public void Copy(FrameCopy copy, uint mask)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int first = int.TrailingZeroCount((int)rest) * layout.Size;
            data.AsSpan(first + copy.From, copy.Bytes).CopyTo(data.AsSpan(first + copy.To));
            states.AsSpan(first + copy.From, copy.Bytes).CopyTo(states.AsSpan(first + copy.To));
            if (kept.Length != 0)
                kept.AsSpan(first + copy.From, copy.Bytes).CopyTo(kept.AsSpan(first + copy.To));
        }
    }

    /// <summary>The bytes count as never written again.</summary>
    public void Forget(FrameRange range, uint mask)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int first = int.TrailingZeroCount((int)rest) * layout.Size + range.Offset;
            states.AsSpan(first, range.Bytes).Clear();
            if (kept.Length != 0)
                kept.AsSpan(first, range.Bytes).Clear();
        }
    }

    private Span<byte> Marks(ulong address, int bytes, int lane) => states.AsSpan(lane * layout.Size + (int)address, bytes);

    private void RequireInside(ulong address, int bytes, int lane)
    {
        if (!IsInside(address, bytes))
            throw new FaultException(FaultKind.OutOfBounds, $"local memory, {bytes} bytes") { Lane = lane, Address = address };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsInside(ulong address, int bytes)
    {
        // gaps between variables are wider than any access, so both its ends in one variable means all of it
        ulong last = address + (ulong)bytes - 1;
        return address < (ulong)owners.Length && last < (ulong)owners.Length && owners[address] != 0 && owners[address] == owners[last];
    }
}
