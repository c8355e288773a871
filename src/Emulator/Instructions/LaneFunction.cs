using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>d = f(sources) on the bits of each lane, for instructions that are too rare or too mixed in types to be made fast.</summary>
internal sealed class LaneFunction(LaneSlot d, LaneSlot[] sources, Func<ulong[], ulong> function) : Instruction
{
    private readonly ulong[] values = new ulong[sources.Length];

    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            for (int i = 0; i < sources.Length; i++) values[i] = sources[i].Read(warp, lane);
            d.Write(warp, lane, function(values));
        }
    }
}
