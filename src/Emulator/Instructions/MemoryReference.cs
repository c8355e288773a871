using System.Runtime.Intrinsics;
using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Instructions;

/// <summary>One lane's access to memory: where it is, whether it may be there, and what the race checks say.</summary>
internal static unsafe class MemoryReference
{
    /// <summary>The bytes at an address of a space, to be read. <see cref="Warp.Access"/> must be set to the lane.</summary>
    /// <param name="at">null for local memory</param>
    public static byte* Read(
        Warp warp, StateSpace space, ulong address, int bytes, int lane, out Allocation? at, out UnwrittenBytes unwritten)
    {
        (space, address) = Aligned(warp, space, address, bytes, lane);
        if (space == StateSpace.Local)
        {
            at = null;
            return warp.Local.Read(address, bytes, lane, out unwritten);
        }
        at = Locate(warp, space, address, bytes, lane);
        long offset = (long)(Offset(space, address) - at.Address);
        unwritten = space is StateSpace.Const or StateSpace.Param ? default : at.Shadow.Read(at, offset, bytes, warp.Access);
        return at.Data + offset;
    }

    /// <summary>The bytes at an address of a space, to be written. <see cref="Warp.Access"/> must be set to the lane.</summary>
    /// <param name="value">what will be put there</param> <param name="unwritten">the part of it that nobody wrote</param>
    /// <param name="at">null for local memory</param>
    public static byte* Write(
        Warp warp, StateSpace space, ulong address, int bytes, int lane, byte* value, UnwrittenBytes unwritten, out Allocation? at)
    {
        (space, address) = Aligned(warp, space, address, bytes, lane);
        if (space == StateSpace.Local)
        {
            at = null;
            return warp.Local.Write(address, bytes, lane, unwritten);
        }
        at = Locate(warp, space, address, bytes, lane);
        long offset = (long)(Offset(space, address) - at.Address);
        if (space is StateSpace.Const or StateSpace.Param)
            throw Faults.At(FaultKind.Invalid, $"{at.SpaceText} memory is written", at, offset, lane);
        at.Shadow.Write(at, offset, bytes, warp.Access, value, unwritten);
        return at.Data + offset;
    }

    /// <summary>Where a lane's bytes lie that are read and written at once; no access.</summary>
    public static (Allocation At, long Offset) Place(Warp warp, StateSpace space, ulong address, int bytes, int lane)
    {
        (space, ulong inside) = Aligned(warp, space, address, bytes, lane);
        if (space == StateSpace.Local)
            throw new FaultException(FaultKind.Invalid, "an atomic on local memory") { Lane = lane, Address = address };
        Allocation at = Locate(warp, space, inside, bytes, lane);
        long offset = (long)(Offset(space, inside) - at.Address);
        if (space is StateSpace.Const or StateSpace.Param)
            throw Faults.At(FaultKind.Invalid, $"{at.SpaceText} memory is written", at, offset, lane);
        return (at, offset);
    }

    public static Allocation Locate(Warp warp, StateSpace space, ulong address, int bytes, int lane)
    {
        switch (space)
        {
            case StateSpace.Global: return warp.Cta.Launch.Globals.Locate(address, bytes, lane);
            case StateSpace.Const: return warp.Cta.Launch.Memory.LocateConstant(address, bytes, lane);
            case StateSpace.Param: return warp.Cta.Launch.Parameters.Locate(address, bytes, lane);
            default: return OwnerOf(warp, address, lane).Shared.Locate(Offset(space, address), bytes, lane);
        }
    }

    /// <summary>The CTA whose shared memory a shared::cluster address names.</summary>
    public static Cta OwnerOf(Warp warp, ulong address, int lane)
    {
        int rank = (int)(address >> AddressMap.RankShift & 0xff) - 1;
        if (rank < 0)
            return warp.Cta;
        if (rank >= warp.Cta.Cluster.Ctas.Count)
            throw new FaultException(FaultKind.OutOfBounds, $"the cluster has no rank {rank}") { Lane = lane, Address = address };
        Cta owner = warp.Cta.Cluster.Ctas[rank];
        return owner.LiveThreads > 0 ? owner
            : throw new FaultException(FaultKind.Asynchronous, $"shared memory of the CTA of rank {rank}, which has ended")
            { Lane = lane, Address = address };
    }

    /// <summary>An address without the rank in it.</summary>
    public static ulong Offset(StateSpace space, ulong address) =>
        space is StateSpace.Shared or StateSpace.SharedCluster ? address & (1UL << AddressMap.RankShift) - 1 : address;

    /// <summary>The space that a generic address of a lane lies in, and the address there.</summary>
    public static (StateSpace Space, ulong Address) FromGeneric(Warp warp, int lane, ulong address)
    {
        StateSpace space = AddressMap.SpaceOf(address);
        if (space != StateSpace.Local)
            return (space, address - AddressMap.Window(space));
        if (AddressMap.IsLocalOf(address, warp.Cta.Number, warp.FirstEntity + lane))
            return (space, (uint)address);
        throw new FaultException(FaultKind.Invalid, "another thread's local memory: its address means nothing here")
        { Lane = lane, Address = address };
    }

    /// <summary>Fills <see cref="Warp.Addresses"/> for the active lanes.</summary>
    public static void Addresses(Warp warp, Decoding.Address address)
    {
        long* to = warp.Addresses;
        if (address.IsWide)
        {
            long* from = warp.Slot<long>(address.Slot);
            Vector256<long> offset = Vector256.Create(address.Offset);
            for (int i = 0; i < Warp.Lanes; i += Vector256<long>.Count)
                (Vector256.Load(from + i) + offset).Store(to + i);
            return;
        }
        uint* narrow = warp.Slot<uint>(address.Slot);
        for (int i = 0; i < Warp.Lanes; i++)
            to[i] = (uint)(narrow[i] + address.Offset);
    }

    private static (StateSpace Space, ulong Address) Aligned(Warp warp, StateSpace space, ulong address, int bytes, int lane)
    {
        if ((address & (uint)(bytes - 1)) != 0)
            throw Misaligned(warp, space, address, bytes, lane, $"{bytes}-byte access");
        return space == StateSpace.Generic ? FromGeneric(warp, lane, address) : (space, address);
    }

    /// <summary>The fault of an address that isn't a multiple of the access's size, with the allocation that it lies in.</summary>
    /// <param name="bytes">that it should be a multiple of</param> <param name="what">what is done there, in words</param>
    public static FaultException Misaligned(Warp warp, StateSpace space, ulong address, int bytes, int lane, string what)
    {
        if (space == StateSpace.Generic)
            (space, address) = FromGeneric(warp, lane, address);
        (string? name, int align) = Owner(warp, space, address, lane);
        string promise = name is not null && align < bytes ? $"; {Printable.Name(name)} is aligned to {align}" : "";
        string place = space == StateSpace.SharedCluster ? "shared" : space.ToString().ToLowerInvariant();
        return new FaultException(FaultKind.Misaligned, $"{what} of {place} memory{promise}")
        {
            Lane = lane,
            Address = address,
            Allocation = name,
        };
    }

    private static (string? Name, int Align) Owner(Warp warp, StateSpace space, ulong address, int lane)
    {
        if (space == StateSpace.Local)
            return warp.Local.Find(address, 1) is { } variable ? (variable.Name, variable.Align) : default;
        try
        {
            Allocation at = Locate(warp, space, address, 1, lane);
            return (at.Name, at.Align);
        }
        catch (FaultException)
        {
            return default;   // the fault is the alignment; the address may lie nowhere besides
        }
    }
}
