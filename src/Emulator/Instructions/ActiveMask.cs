using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>activemask (PTX ISA 9.7.13.9).</summary>
internal sealed class ActiveMask(int d) : Instruction
{
    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
            new LaneSlot(d, 4).Write(warp, int.TrailingZeroCount((int)rest), warp.Active);
    }
}
