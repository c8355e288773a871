using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.wait_group, wait_all and the bulk form, whose .read only waits for the sources (PTX ISA 9.7.9.25.3).</summary>
internal sealed class GroupWait(Actor[] kinds, int left, bool commits) : Instruction
{
    public override void Execute(Warp warp)
    {
        foreach (Actor kind in kinds)
        {
            SelfChannel channel = warp.Async.Channel(kind, warp.Cta);
            for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
            {
                int lane = int.TrailingZeroCount((int)rest);
                if (commits)
                    channel.Group[lane]++;
                channel.Waited[lane] = Math.Max(channel.Waited[lane], channel.Group[lane] - 1 - left);
            }
            // a bulk store is one operation: its reads are done when it is
            warp.Cta.Launch.Pending.FinishWhere(o =>
                o.Warp == warp && o.Actor == kind && (warp.Active >> o.Lane & 1) != 0 && o.Group <= channel.Waited[o.Lane]);
        }
    }
}
