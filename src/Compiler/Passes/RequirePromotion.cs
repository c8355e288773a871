using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Refuses what is left of a thread's variables: registers have no addresses (CVX2001).</summary>
internal sealed class RequirePromotion : IPass
{
    public string Name => "require registers";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var addresses = new LocalAddresses(flow);
        Instruction? fallback = null;
        foreach (Block block in flow.Order)
        {
            foreach (Instruction instruction in block.Instructions)
            {
                if (!Array.Exists(instruction.Operands, o => o.Type == IrType.LocalPtr))
                    continue;
                bool isAccess = instruction.Opcode is Opcode.Load or Opcode.Store;
                if (isAccess && addresses.Of(instruction.Operands[0]) is not { Offset: not null })
                    throw DiagnosticKinds.UnknownRegisterIndex.At(instruction.Location);
                if (instruction.Opcode is not Opcode.Offset)
                    fallback ??= instruction;
            }
        }
        if (fallback is not null)
            throw DiagnosticKinds.UnknownRegisterIndex.At(fallback.Location);
        return false;
    }
}
