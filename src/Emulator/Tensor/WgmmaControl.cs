using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Tensor;

/// <summary>wgmma.fence, commit_group and wait_group (PTX ISA 9.7.15.7).</summary>
internal sealed class WgmmaControl(string action, int left) : Instruction
{
    public override void Execute(Warp warp)
    {
        if (warp.AwaitsWhole(this, "wgmma." + action))
            return;
        if (action == "fence")
        {
            warp.Wgmma.Fence();
            return;
        }
        SelfChannel channel = warp.Async.Channel(Actor.Wgmma, warp.Cta);
        if (action == "commit_group")
        {
            for (int lane = 0; lane < Warp.Lanes; lane++)
                channel.Group[lane]++;
            return;
        }
        int done = channel.Group[0] - 1 - left;
        warp.Cta.Launch.Pending.FinishWhere(o => o.Actor == Actor.Wgmma && o.Warp == warp && o.Group <= done);
        for (int lane = 0; lane < Warp.Lanes; lane++)
            channel.Waited[lane] = Math.Max(channel.Waited[lane], done);
        warp.Wgmma.Complete(warp, done);
    }
}
