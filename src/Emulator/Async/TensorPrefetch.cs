using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.bulk.prefetch.tensor (PTX ISA 9.7.9.27.1.4): a hint, but by a map that must be one.</summary>
internal sealed class TensorPrefetch(Address map, LaneSlot[] coordinates) : Instruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
            TensorBox.Of(warp, map, coordinates, int.TrailingZeroCount((int)rest), Line);
    }
}
