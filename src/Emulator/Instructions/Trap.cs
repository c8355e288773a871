using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>trap (PTX ISA 9.7.18.4) and brkpt, which suspends for a debugger: the launch ends in error.</summary>
internal sealed class Trap(string message) : Instruction
{
    public override void Execute(Warp warp) => throw new FaultException(FaultKind.Trap, message);
}
