using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>fence.proxy.async (PTX ISA 9.7.13.4).</summary>
internal sealed class ProxyFence : Instruction
{
    public override void Execute(Warp warp) => warp.FenceProxy(warp.Active);
}
