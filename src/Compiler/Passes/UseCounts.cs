using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>How often each value is read.</summary>
internal sealed class UseCounts
{
    private readonly Dictionary<Value, int> counts = [];

    public UseCounts(Function function)
    {
        foreach (Block block in function.Blocks)
        {
            foreach (Instruction instruction in block.Instructions)
            {
                foreach (Value operand in instruction.Operands)
                    Count(operand);
            }
            if (block.Terminator!.Selector is { } selector)
                Count(selector);
            foreach (Edge edge in block.Terminator.Edges)
            {
                foreach (Value argument in edge.Arguments)
                    Count(argument);
            }
        }
    }

    public int Of(Value value) => counts.GetValueOrDefault(value);

    private void Count(Value value)
    {
        if (value is not Constant)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, value, out _)++;
    }
}
