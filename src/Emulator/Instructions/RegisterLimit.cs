using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>setmaxnreg (PTX ISA 9.7.18.5): registers here are virtual, so only its place is checked.</summary>
internal sealed class RegisterLimit : Instruction
{
    public override void Execute(Warp warp) => warp.RequireWhole("setmaxnreg");
}
