using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Async;

/// <summary>cp.async.commit_group and its bulk form (PTX ISA 9.7.9.25.3): later work joins the next group.</summary>
internal sealed class GroupCommit(Actor[] kinds) : Instruction
{
    public override void Execute(Warp warp)
    {
        foreach (Actor kind in kinds)
        {
            SelfChannel channel = warp.Async.Channel(kind, warp.Cta);
            for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
                channel.Group[int.TrailingZeroCount((int)rest)]++;
        }
    }
}
