using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>The common case made fast: a whole warp moves 32 neighbouring words of one allocation, all checks included.</summary>
internal static unsafe class CoalescedAccess
{
    private const int Bytes = Warp.Lanes * 4;

    public static bool TryRead(Warp warp, Instruction instruction, StateSpace space, uint* to)
    {
        if (Find(warp, space) is not { } at) return false;
        long offset = warp.Addresses[0] - (long)at.Address;
        if (!at.Shadow.TryReadRow(offset, warp.Access, warp.Knowledge, at)) return false;
        warp.Cta.Launch.Counters.CoalescedAccess(instruction, space, warp.Addresses[0], Bytes);
        Buffer.MemoryCopy(at.Data + offset, to, Bytes, Bytes);
        return true;
    }

    public static bool TryWrite(Warp warp, Instruction instruction, StateSpace space, uint* from)
    {
        if (Find(warp, space) is not { } at) return false;
        long offset = warp.Addresses[0] - (long)at.Address;
        if (!at.Shadow.TryWriteRow(offset, warp.Access, warp.Knowledge, at)) return false;
        at.Strong?.Forget(offset, Bytes);
        warp.Cta.Launch.Progress++;
        warp.Cta.Launch.Counters.CoalescedAccess(instruction, space, warp.Addresses[0], Bytes);
        Buffer.MemoryCopy(from, at.Data + offset, Bytes, Bytes);
        return true;
    }

    private static Allocation? Find(Warp warp, StateSpace space)
    {
        long* addresses = warp.Addresses;
        long first = addresses[0];
        if (warp.Active != ~0u || (first & 3) != 0 || (space == StateSpace.Shared && first >> AddressMap.RankShift != 0)) return null;
        Vector256<long> wanted = Vector256.Create(first, first + 4, first + 8, first + 12), next = Vector256.Create(16L);
        for (int i = 0; i < Warp.Lanes; i += Vector256<long>.Count, wanted += next)
            if (Vector256.Load(addresses + i) != wanted) return null;
        return space == StateSpace.Global ? warp.Cta.Launch.Memory.FindGlobal((ulong)first, Bytes) : warp.Cta.Shared.Find((ulong)first, Bytes);
    }
}
