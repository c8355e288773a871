using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>trap (PTX ISA 9.7.18.4): the launch ends in error.</summary>
internal sealed class Trap : Instruction
{
    public override void Execute(Warp warp) => throw new FaultException(FaultKind.Invalid, "trap");
}
