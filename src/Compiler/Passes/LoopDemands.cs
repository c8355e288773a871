using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>What in a loop can't be said in PTX unless the loop is unrolled.</summary>
internal static class LoopDemands
{
    /// <summary>
    /// Blocks in which an index into a Local, or an immediate operand, depends on what changes from one iteration to the next: in the
    /// loop, or on the way out of it.
    /// </summary>
    public static List<Block> Find(Loop loop, ControlFlow flow, Dominators dominators)
    {
        List<Block> reached = [.. flow.Order.Where(b => dominators.Dominates(loop.Header, b))];
        HashSet<Value> varying = FindVarying(loop, reached);
        bool walks = loop.Header.Parameters.Exists(p => p.Type == IrType.LocalPtr);
        return reached.FindAll(b => (walks && b == loop.Header) || b.Instructions.Exists(i => Demands(i, varying)));
    }

    /// <summary>The loop with the blocks outside of it that lead from it to these.</summary>
    public static Loop Widen(Loop loop, List<Block> demanding, ControlFlow flow)
    {
        var wide = new Loop(loop.Header);
        wide.Members.UnionWith(loop.Members);
        var pending = new Stack<Block>(demanding);
        while (pending.TryPop(out Block? block))
        {
            if (!wide.Members.Add(block))
                continue;
            foreach (Way way in flow.WaysInto(block))
                pending.Push(way.From);
        }
        wide.Blocks.AddRange(wide.Members.OrderBy(flow.IndexOf));
        return wide;
    }

    private static bool Demands(Instruction instruction, HashSet<Value> varying)
    {
        if (instruction.Opcode == Opcode.Offset)
            return instruction.Result.Type == IrType.LocalPtr && varying.Contains(instruction.Operands[1]);
        if (instruction.Ptx is not { } form)
            return false;
        foreach (PtxFormOperand operand in form.Operands.Values)
        {
            if (!operand.IsImmediate || operand.FirstOperand < 0)
                continue;
            for (int i = 0; i < operand.Count; i++)
            {
                if (varying.Contains(instruction.Operands[operand.FirstOperand + i]))
                    return true;
            }
        }
        return false;
    }

    private static HashSet<Value> FindVarying(Loop loop, List<Block> reached)
    {
        var varying = new HashSet<Value>(loop.Header.Parameters);
        for (int before = -1; before != varying.Count;)
        {
            before = varying.Count;
            foreach (Block block in reached)
            {
                foreach (Instruction instruction in block.Instructions)
                {
                    if (Array.Exists(instruction.Operands, varying.Contains))
                        varying.UnionWith(instruction.Results);
                }
                foreach (Edge edge in block.Terminator!.Edges)
                {
                    for (int i = 0; i < edge.Arguments.Count; i++)
                    {
                        if (varying.Contains(edge.Arguments[i]))
                            varying.Add(edge.Target.Parameters[i]);
                    }
                }
            }
        }
        return varying;
    }
}
