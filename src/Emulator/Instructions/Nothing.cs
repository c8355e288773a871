using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Hints, and fences whose effect other rules already give.</summary>
internal sealed class Nothing : Instruction
{
    public override void Execute(Warp warp) { }
}
