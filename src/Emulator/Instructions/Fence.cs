using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>fence and membar (PTX ISA 9.7.13.4).</summary>
internal sealed class Fence(Scope scope, bool isSequential) : Instruction
{
    public override void Execute(Warp warp)
    {
        MemoryOrder.Fence(warp, scope, isSequential);
        StrongTurn.End(warp);
    }
}
