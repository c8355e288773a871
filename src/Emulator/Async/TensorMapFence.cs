using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;

namespace CogVideoX.Emulator.Async;

/// <summary>
/// fence.proxy.tensormap::generic (PTX ISA 9.7.13.4): .acquire of a map makes the writes that the thread knows of visible to its tensor
/// copies; both sides are fences of their scope besides.
/// </summary>
/// <param name="map">null for .release</param>
internal sealed unsafe class TensorMapFence(Scope scope, Address? map) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryOrder.Fence(warp, scope, isSequential: false);
        if (map is not { } address)
            return;
        MemoryReference.Addresses(warp, address);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Knowledge known = warp.Knowledge[lane];
            VectorClock seen = known.Seen.With(warp.Cta.Number, warp.FirstEntity, 1u << lane, warp.Clock);
            warp.Knowledge[lane] = known with { Maps = known.Maps.With((ulong)warp.Addresses[lane], seen) };
        }
        warp.Clock++;
    }
}
