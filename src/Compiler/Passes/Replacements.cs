using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Values that others take the place of, applied to the whole function in one sweep.</summary>
internal sealed class Replacements
{
    private readonly Dictionary<Value, Value> map = [];

    public bool IsEmpty => map.Count == 0;

    public void Add(Value value, Value replacement) => map.Add(value, replacement);

    /// <summary>What stands for the value now.</summary>
    public Value Of(Value value)
    {
        if (!map.TryGetValue(value, out Value? next))
            return value;
        Value end = next;
        while (map.TryGetValue(end, out Value? further))
            end = further;
        while (next != end)
        {
            map[value] = end;
            value = next;
            next = map[value];
        }
        return end;
    }

    public void ApplyTo(Instruction instruction)
    {
        Value[] operands = instruction.Operands;
        for (int i = 0; i < operands.Length; i++)
            operands[i] = Of(operands[i]);
    }

    public void ApplyTo(Terminator terminator)
    {
        if (terminator.Selector is { } selector)
            terminator.Selector = Of(selector);
        foreach (Edge edge in terminator.Edges)
        {
            for (int i = 0; i < edge.Arguments.Count; i++)
                edge.Arguments[i] = Of(edge.Arguments[i]);
        }
    }

    public void ApplyTo(Function function)
    {
        if (IsEmpty)
            return;
        foreach (Block block in function.Blocks)
        {
            foreach (Instruction instruction in block.Instructions)
                ApplyTo(instruction);
            ApplyTo(block.Terminator!);
        }
    }
}
