using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>bar.warp.sync (PTX ISA 9.7.13.2): the lanes wait for each other and see each other's memory.</summary>
internal sealed class WarpSync(int mask) : WarpCollective(mask)
{
    protected override void Run(Warp warp, uint group) => warp.Learn(group, warp.Publish(group));
}
