using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Loop-invariant code motion (LICM): moves pure instructions whose operands don't change in a loop in front of it, as far out as that
/// holds.
/// </summary>
internal sealed class HoistInvariants : IPass
{
    public string Name => "hoist invariants";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var dominators = new Dominators(flow);
        var loops = new LoopForest(flow, dominators);
        if (loops.InnermostFirst.Count == 0)
            return false;
        var homes = new Dictionary<Value, Loop?>();
        var hoisted = new Dictionary<Loop, List<Instruction>>();
        foreach (Block block in flow.Order)
        {
            Loop? loop = loops.Of(block);
            foreach (Value parameter in block.Parameters)
                homes.Add(parameter, loop);
            block.Instructions.RemoveAll(i => TryHoist(i, block, loop, homes, hoisted, flow, dominators));
        }
        foreach (Loop loop in loops.InnermostFirst)
        {
            if (!hoisted.TryGetValue(loop, out List<Instruction>? instructions))
                continue;
            Preheaders.Ensure(function, loop, flow.WaysInto(loop.Header)).Instructions.AddRange(instructions);
        }
        return hoisted.Count > 0;
    }

    private static bool TryHoist(Instruction instruction, Block block, Loop? loop, Dictionary<Value, Loop?> homes,
        Dictionary<Loop, List<Instruction>> hoisted, ControlFlow flow, Dominators dominators)
    {
        Loop? outermost = null;
        if (instruction.IsPure && instruction.Opcode != Opcode.Load)
        {
            for (Loop? around = loop; around is not null && IsInvariant(instruction, around, homes); around = around.Parent)
            {
                if (IsDear(instruction) && !RunsAlways(block, around, flow, dominators))
                    break;
                outermost = around;
            }
        }
        Loop? home = outermost is null ? loop : outermost.Parent;
        foreach (Value result in instruction.Results)
            homes.Add(result, home);
        if (outermost is null)
            return false;
        if (!hoisted.TryGetValue(outermost, out List<Instruction>? list))
            hoisted.Add(outermost, list = []);
        list.Add(instruction);
        return true;
    }

    private static bool IsInvariant(Instruction instruction, Loop loop, Dictionary<Value, Loop?> homes)
    {
        foreach (Value operand in instruction.Operands)
        {
            if (operand is Constant)
                continue;
            for (Loop? home = homes[operand]; home is not null; home = home.Parent)
            {
                if (home == loop)
                    return false;
            }
        }
        return true;
    }

    /// <summary>Not worth running when the loop might not have.</summary>
    private static bool IsDear(Instruction instruction) =>
        instruction.Opcode is Opcode.Div or Opcode.DivU or Opcode.Rem or Opcode.RemU or Opcode.Ptx;

    private static bool RunsAlways(Block block, Loop loop, ControlFlow flow, Dominators dominators) =>
        flow.WaysInto(loop.Header).TrueForAll(w => !loop.Contains(w.From) || dominators.Dominates(block, w.From));
}
