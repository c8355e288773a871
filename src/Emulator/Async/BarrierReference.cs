using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Async;

/// <summary>Which mbarrier an address means.</summary>
internal static class BarrierReference
{
    public static MemoryBarrier Find(Warp warp, ulong address, int lane, bool isGeneric)
    {
        (MemoryBarrierTable table, ulong local) = Table(warp, address, lane, isGeneric);
        return table.Find(warp, local, lane);
    }

    public static (MemoryBarrierTable Table, ulong Address) Table(Warp warp, ulong address, int lane, bool isGeneric)
    {
        if (isGeneric)
            address -= AddressMap.SharedWindow;
        return (MemoryReference.OwnerOf(warp, address, lane).MemoryBarriers, MemoryReference.Offset(StateSpace.Shared, address));
    }
}
