using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>Stands for an instruction that the emulator can't run: a fault for the thread that comes to it.</summary>
internal sealed class Unsupported(string reason) : Instruction
{
    public string Reason => reason;

    public override void Execute(Warp warp) => throw new FaultException(FaultKind.Invalid, $"the emulator can't run '{Syntax}': {reason}");
}
