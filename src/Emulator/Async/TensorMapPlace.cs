using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>Where tensor maps lie, and the proxy that they are read through.</summary>
internal static unsafe class TensorMapPlace
{
    /// <summary>
    /// The map at a generic address, for a copy by a lane: the writes to it must have been fenced (PTX ISA 8.6, tensormap proxy).
    /// </summary>
    public static (TensorMap Map, ulong Address) Read(Warp warp, ulong address, int lane, int line)
    {
        (StateSpace space, ulong local) = MemoryReference.FromGeneric(warp, lane, address);
        if (space is StateSpace.Shared or StateSpace.Local)
        {
            throw new FaultException(FaultKind.Invalid,
                $"a tensor map in {space.ToString().ToLowerInvariant()} memory; copies read it from param, const or global memory")
            { Lane = lane, Address = address };
        }
        (Allocation at, long offset) = Find(warp, space, local, lane);
        if (space == StateSpace.Global)
            RequireFence(warp, at, offset, address, lane, line);
        try
        {
            return TensorMapObject.Decode(new ReadOnlySpan<byte>(at.Data + offset, TensorMapObject.Bytes));
        }
        catch (FaultException fault)
        {
            throw new FaultException(fault.Kind, fault.Message) { Lane = lane, Address = address, Allocation = at.Name };
        }
    }

    public static (Allocation At, long Offset) Find(Warp warp, StateSpace space, ulong local, int lane)
    {
        if (local % TensorMapObject.Align != 0)
        {
            throw new FaultException(FaultKind.Misaligned,
                $"a tensor map needs an address that is a multiple of {TensorMapObject.Align}")
            { Lane = lane, Address = local };
        }
        Allocation at = MemoryReference.Locate(warp, space, local, TensorMapObject.Bytes, lane);
        return (at, (long)(MemoryReference.Offset(space, local) - at.Address));
    }

    private static void RequireFence(Warp warp, Allocation at, long offset, ulong address, int lane, int line)
    {
        Access access = warp.Begin(line);
        warp.SetLane(lane);
        access.Actor = Actor.TensorLoad;
        access.Knowledge = access.Knowledge with { Fenced = access.Knowledge.Maps.Of(address) };
        try
        {
            at.Shadow.ReadWritten(at, offset, TensorMapObject.Bytes, access);
        }
        catch (FaultException fault) when (fault.Kind == FaultKind.Proxy)
        {
            throw Faults.At(FaultKind.Proxy,
                "a tensor map that the launch changed is used by a tensor copy "
                + "with no fence.proxy.tensormap::generic.acquire of its address between",
                at, offset, lane);
        }
    }
}
