using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Dead code elimination (DCE): removes what nothing observable depends on, instructions and parameters of blocks with the arguments for
/// them. A value lives if an effect, a branch or a living value reads it, so that counters which only feed themselves go too.
/// </summary>
internal sealed class DropDead : IPass
{
    public string Name => "drop dead code";

    public bool Run(Function function)
    {
        HashSet<Value> living = FindLiving(function);
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            changed |= block.Instructions.RemoveAll(i => i.IsRemovable && !Array.Exists(i.Results, living.Contains)) > 0;
            foreach (Edge edge in block.Terminator!.Edges)
            {
                List<Value> parameters = edge.Target.Parameters;
                for (int i = parameters.Count - 1; i >= 0; i--)
                {
                    if (!living.Contains(parameters[i]))
                        edge.Arguments.RemoveAt(i);
                }
            }
        }
        foreach (Block block in function.Blocks)
            changed |= block.Parameters.RemoveAll(p => !living.Contains(p)) > 0;
        return changed;
    }

    private static HashSet<Value> FindLiving(Function function)
    {
        var arguments = new Dictionary<Value, List<Value>>();
        var living = new HashSet<Value>();
        var pending = new Stack<Value>();
        foreach (Block block in function.Blocks)
        {
            foreach (Instruction instruction in block.Instructions)
            {
                if (!instruction.IsRemovable)
                    Mark(instruction.Operands);
            }
            if (block.Terminator!.Selector is { } selector)
                Mark([selector]);
            foreach (Edge edge in block.Terminator.Edges)
            {
                for (int i = 0; i < edge.Arguments.Count; i++)
                {
                    Value parameter = edge.Target.Parameters[i];
                    if (!arguments.TryGetValue(parameter, out List<Value>? list))
                        arguments.Add(parameter, list = []);
                    list.Add(edge.Arguments[i]);
                }
            }
        }
        while (pending.TryPop(out Value? value))
        {
            if (value.Definition is { } definition)
                Mark(definition.Operands);
            else if (arguments.TryGetValue(value, out List<Value>? list))
                Mark([.. list]);
        }
        return living;

        void Mark(Value[] values)
        {
            foreach (Value value in values)
            {
                if (value is not Constant && living.Add(value))
                    pending.Push(value);
            }
        }
    }
}
