using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>nanosleep (PTX ISA 9.7.18.3): somebody else's turn.</summary>
internal sealed class Pause : Instruction
{
    public override void Execute(Warp warp) => warp.Yield = true;
}
