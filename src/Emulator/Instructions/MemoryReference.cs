using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>One lane's access to memory: where it is, whether it may be there, and what the race checks say.</summary>
internal static unsafe class MemoryReference
{
    /// <summary>
    /// The bytes at an address of a space. <see cref="Warp.Access"/> must be set to the lane.
    /// <paramref name="value"/> is what a write will put there; null for a read.
    /// </summary>
    public static byte* Resolve(Warp warp, StateSpace space, ulong address, int bytes, int lane, byte* value, out Allocation? at)
    {
        if ((address & (uint)(bytes - 1)) != 0) throw Misaligned(warp, space, address, lane, $"{bytes}-byte access");
        if (space == StateSpace.Generic) (space, address) = FromGeneric(address);
        if (space == StateSpace.Local)
        {
            at = null;
            return warp.Local.Locate(address, bytes, lane, value is not null);
        }
        at = Locate(warp, space, address, bytes, lane);
        long offset = (long)(Offset(space, address) - at.Address);
        if (space is StateSpace.Const or StateSpace.Param)
        {
            if (value is not null) throw Faults.At(FaultKind.Invalid, $"{at.SpaceText} memory is written", at, offset, lane);
            return at.Data + offset;
        }
        if (value is null) at.Shadow.Read(at, offset, bytes, warp.Access);
        else at.Shadow.Write(at, offset, bytes, warp.Access, value);
        return at.Data + offset;
    }

    public static Allocation Locate(Warp warp, StateSpace space, ulong address, int bytes, int lane)
    {
        switch (space)
        {
            case StateSpace.Global: return warp.Cta.Launch.Memory.LocateGlobal(address, bytes, lane);
            case StateSpace.Const: return warp.Cta.Launch.Memory.LocateConstant(address, bytes, lane);
            case StateSpace.Param: return warp.Cta.Launch.Memory.LocateParameter(address, bytes, lane);
            default: return OwnerOf(warp, address, lane).Shared.Locate(Offset(space, address), bytes, lane);
        }
    }

    /// <summary>The CTA whose shared memory a shared::cluster address names.</summary>
    public static Cta OwnerOf(Warp warp, ulong address, int lane)
    {
        int rank = (int)(address >> AddressMap.RankShift & 0xff) - 1;
        if (rank < 0) return warp.Cta;
        if (rank >= warp.Cta.Cluster.Ctas.Count)
            throw new FaultException(FaultKind.OutOfBounds, $"the cluster has no rank {rank}") { Lane = lane, Address = address };
        Cta owner = warp.Cta.Cluster.Ctas[rank];
        return owner.LiveThreads > 0 ? owner
            : throw new FaultException(FaultKind.Asynchronous, $"shared memory of the CTA of rank {rank}, which has ended") { Lane = lane, Address = address };
    }

    /// <summary>An address without the rank in it.</summary>
    public static ulong Offset(StateSpace space, ulong address) =>
        space is StateSpace.Shared or StateSpace.SharedCluster ? address & (1UL << AddressMap.RankShift) - 1 : address;

    public static (StateSpace Space, ulong Address) FromGeneric(ulong address)
    {
        StateSpace space = AddressMap.SpaceOf(address);
        return (space, address - AddressMap.Window(space));
    }

    /// <summary>Fills <see cref="Warp.Addresses"/> for the active lanes.</summary>
    public static void Addresses(Warp warp, Decoding.Address address)
    {
        long* to = warp.Addresses;
        if (address.IsWide)
        {
            long* from = warp.Slot<long>(address.Slot);
            Vector256<long> offset = Vector256.Create(address.Offset);
            for (int i = 0; i < Warp.Lanes; i += Vector256<long>.Count) (Vector256.Load(from + i) + offset).Store(to + i);
            return;
        }
        uint* narrow = warp.Slot<uint>(address.Slot);
        for (int i = 0; i < Warp.Lanes; i++) to[i] = (uint)(narrow[i] + address.Offset);
    }

    /// <summary>The fault of an address that isn't a multiple of the access's size, with the allocation that it lies in.</summary>
    /// <param name="what">what is done there, in words</param>
    public static FaultException Misaligned(Warp warp, StateSpace space, ulong address, int lane, string what)
    {
        string? name = null;
        if (space == StateSpace.Generic) (space, address) = FromGeneric(address);
        try { name = space == StateSpace.Local ? null : Locate(warp, space, address, 1, lane).Name; }
        catch (FaultException) { /* the fault is the alignment; the address may lie nowhere besides */ }
        return new FaultException(FaultKind.Misaligned, $"{what} of {(space == StateSpace.SharedCluster ? "shared" : space.ToString().ToLowerInvariant())} memory")
        {
            Lane = lane,
            Address = address,
            Allocation = name,
        };
    }
}
