using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>The usual case of a warp's access: all its lanes stay inside of one allocation, so it is looked up once.</summary>
internal static unsafe class OneAllocation
{
    /// <summary>The allocation of global or the CTA's own shared memory that holds the bytes, if one does.</summary>
    public static Allocation? At(Warp warp, StateSpace space, ulong address, int bytes) => space switch
    {
        StateSpace.Global => warp.Cta.Launch.Globals.Find(address, bytes),
        StateSpace.Shared => warp.Cta.Shared.Find(address, bytes),
        _ => null,
    };

    /// <summary>The allocation, if every active lane's bytes lie in it and are aligned.</summary>
    public static Allocation? Find(Warp warp, StateSpace space, int bytes)
    {
        long* addresses = warp.Addresses;
        ulong first = (ulong)addresses[int.TrailingZeroCount((int)warp.Active)];
        if (At(warp, space, first, bytes) is not { } at)
            return null;
        if (warp.Active == ~0u)
            return AllInside(addresses, at, bytes) ? at : null;
        ulong from = at.Address, room = (ulong)(at.Size - bytes), wrong = 0;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            ulong address = (ulong)addresses[int.TrailingZeroCount((int)rest)];
            if (address - from > room)
                return null;
            wrong |= address;
        }
        return (wrong & (uint)(bytes - 1)) == 0 ? at : null;
    }

    private static bool AllInside(long* addresses, Allocation at, int bytes)
    {
        Vector256<long> from = Vector256.Create((long)at.Address);
        Vector256<long> room = Vector256.Create(at.Size - bytes);
        Vector256<long> wrong = default;
        Vector256<long> bits = default;
        for (int i = 0; i < Warp.Lanes; i += Vector256<long>.Count)
        {
            Vector256<long> address = Vector256.Load(addresses + i), offset = address - from;
            wrong |= offset | (room - offset);   // negative outside
            bits |= address;
        }
        return Vector256.GreaterThanOrEqualAll(wrong, Vector256<long>.Zero)
            && (bits & Vector256.Create(bytes - 1L)) == Vector256<long>.Zero;
    }
}
