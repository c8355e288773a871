using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>%clock and %globaltimer (PTX ISA 10): the number of warp instructions so far stands for time.</summary>
internal sealed class ReadClock(LaneSlot d) : Instruction
{
    public override void Execute(Warp warp)
    {
        ulong now = (ulong)warp.Cta.Launch.Executed++;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
            d.Write(warp, int.TrailingZeroCount((int)rest), now);
    }
}
