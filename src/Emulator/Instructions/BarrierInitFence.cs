using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>fence.mbarrier_init (PTX ISA 9.7.13.4): initialised mbarriers become ready for asynchronous copies and other CTAs.</summary>
internal sealed class BarrierInitFence : Instruction
{
    public override void Execute(Warp warp)
    {
        warp.Begin(Line);
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            warp.SetLane(int.TrailingZeroCount((int)rest));
            warp.Cta.MemoryBarriers.FenceInit(warp.Access, warp.Clock);
        }
        warp.Clock++;
    }
}
