using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>The commonest access made fast: a whole warp moves 32 neighbouring words of one allocation, all checks included.</summary>
internal static unsafe class Row
{
    private const int Bytes = Warp.Lanes * 4;

    /// <summary>False, maybe with a part recorded, where lanes have to be looked at one by one.</summary>
    public static bool TryRead(Warp warp, Instruction instruction, StateSpace space, uint* to)
    {
        if (Find(warp, space) is not { } at)
            return false;
        long offset = warp.Addresses[0] - (long)at.Address;
        if (!at.Shadow.TryReadRow(at, offset, new LaneCheck(warp)))
            return false;
        warp.Cta.Launch.Counters.RowAccess(instruction, space, warp.Addresses[0], Bytes);
        Buffer.MemoryCopy(at.Data + offset, to, Bytes, Bytes);
        return true;
    }

    /// <summary>As <see cref="TryRead"/>, for a write.</summary>
    public static bool TryWrite(Warp warp, Instruction instruction, StateSpace space, uint* from)
    {
        if (Find(warp, space) is not { } at)
            return false;
        long offset = warp.Addresses[0] - (long)at.Address;
        if (!at.Shadow.TryWriteRow(at, offset, new LaneCheck(warp)))
            return false;
        at.Strong?.Forget(offset, Bytes);
        warp.Cta.Launch.Progress++;
        warp.Cta.Launch.Counters.RowAccess(instruction, space, warp.Addresses[0], Bytes);
        Buffer.MemoryCopy(from, at.Data + offset, Bytes, Bytes);
        return true;
    }

    private static Allocation? Find(Warp warp, StateSpace space)
    {
        long* addresses = warp.Addresses;
        long first = addresses[0];
        if (warp.Active != ~0u || (first & 3) != 0)
            return null;
        Vector256<long> wanted = Vector256.Create(first, first + 4, first + 8, first + 12), next = Vector256.Create(16L);
        for (int i = 0; i < Warp.Lanes; i += Vector256<long>.Count, wanted += next)
        {
            if (Vector256.Load(addresses + i) != wanted)
                return null;
        }
        return OneAllocation.At(warp, space, (ulong)first, Bytes);
    }
}
