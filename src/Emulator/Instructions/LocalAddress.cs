using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Instructions;

/// <summary>cvta.local and cvta.to.local (PTX ISA 9.7.9.20): generic addresses of local memory are a thread's own.</summary>
internal sealed class LocalAddress(LaneSlot d, LaneSlot a, bool toSpace) : ValueInstruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            ulong from = a.Read(warp, lane);
            d.Write(warp, lane, toSpace ? MemoryReference.FromGeneric(warp, lane, from).Address
                : AddressMap.OfLocal(from, warp.Cta.Number, warp.FirstEntity + lane));
        }
    }
}
