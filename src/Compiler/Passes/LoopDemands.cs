using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>What in a loop can't be said in PTX unless the loop is unrolled.</summary>
internal static class LoopDemands
{
    /// <summary>Whether an index into a Local, or an immediate operand, depends on what changes from one iteration to the next.</summary>
    public static bool Unrolling(Loop loop)
    {
        if (loop.Header.Parameters.Exists(p => p.Type == IrType.LocalPtr)) return true;
        HashSet<Value> varying = FindVarying(loop);
        return loop.Blocks.Exists(b => b.Instructions.Exists(i => Demands(i, varying)));
    }

    private static bool Demands(Instruction instruction, HashSet<Value> varying)
    {
        if (instruction.Opcode == Opcode.Offset) return instruction.Result.Type == IrType.LocalPtr && varying.Contains(instruction.Operands[1]);
        if (instruction.Ptx is not { } form) return false;
        foreach (PtxFormOperand operand in form.Operands.Values)
        {
            if (!operand.IsImmediate || operand.FirstOperand < 0) continue;
            for (int i = 0; i < operand.Count; i++)
                if (varying.Contains(instruction.Operands[operand.FirstOperand + i])) return true;
        }
        return false;
    }

    private static HashSet<Value> FindVarying(Loop loop)
    {
        var varying = new HashSet<Value>(loop.Header.Parameters);
        for (int before = -1; before != varying.Count;)
        {
            before = varying.Count;
            foreach (Block block in loop.Blocks)
            {
                foreach (Instruction instruction in block.Instructions)
                    if (Array.Exists(instruction.Operands, varying.Contains)) varying.UnionWith(instruction.Results);
                foreach (Edge edge in block.Terminator!.Edges)
                {
                    if (!loop.Contains(edge.Target)) continue;
                    for (int i = 0; i < edge.Arguments.Count; i++)
                        if (varying.Contains(edge.Arguments[i])) varying.Add(edge.Target.Parameters[i]);
                }
            }
        }
        return varying;
    }
}
