using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Memory;

/// <summary>Local memory and parameters of calls: a frame of the same layout for each lane (PTX ISA 5.1.5, 5.1.6.4).</summary>
internal sealed unsafe class LocalMemory
{
    private readonly FrameLayout layout;
    private readonly byte[] data;
    private readonly bool[] written;

    public LocalMemory(FrameLayout layout)
    {
        this.layout = layout;
        data = GC.AllocateArray<byte>(layout.Size * Warp.Lanes + 64, pinned: true);
        written = new bool[layout.Size * Warp.Lanes];
    }

    /// <summary>Address of a lane's bytes, which must lie inside one variable; reading wants them written.</summary>
    public byte* Locate(ulong address, int bytes, int lane, bool isWrite)
    {
        PtxVariable? variable = layout.Find(address, bytes);
        if (variable is null)
            throw new FaultException(FaultKind.OutOfBounds, $"local memory, {bytes} bytes") { Lane = lane, Address = address };
        Span<bool> marks = written.AsSpan(lane * layout.Size + (int)address, bytes);
        if (isWrite) marks.Fill(true);
        else if (marks.Contains(false))
            throw new FaultException(FaultKind.Uninitialized, "local memory read before any write")
            {
                Lane = lane,
                Address = address,
                Allocation = variable.Name,
            };
        return Pointer((int)address, lane);
    }

    /// <summary>Copies arguments or results, and whether they were written.</summary>
    public void Copy(FrameCopy copy, uint mask)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest), start = lane * layout.Size;
            data.AsSpan(start + copy.From, copy.Bytes).CopyTo(data.AsSpan(start + copy.To));
            written.AsSpan(start + copy.From, copy.Bytes).CopyTo(written.AsSpan(start + copy.To));
        }
    }

    private byte* Pointer(int offset, int lane) =>
        (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref data[0]) + lane * layout.Size + offset;
}
