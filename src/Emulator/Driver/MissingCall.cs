using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Driver;

/// <summary>call of a function that nobody defines: a fault of the thread that comes to it.</summary>
internal sealed class MissingCall(string message) : Instruction
{
    public override void Execute(Warp warp) => throw new FaultException(FaultKind.Invalid, message);
}
