using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Trivial phi nodes: parameters of blocks that take one value on every way in (or themselves, around a loop) are that value.
/// </summary>
internal static class TrivialParameters
{
    public static bool Remove(Function function)
    {
        var flow = new ControlFlow(function);
        var replacements = new Replacements();
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int block = 1; block < flow.Order.Length; block++)
                changed |= Remove(flow.Order[block], flow.WaysInto(block), replacements);
        }
        replacements.ApplyTo(function);
        return !replacements.IsEmpty;
    }

    private static bool Remove(Block block, List<Way> ways, Replacements replacements)
    {
        bool changed = false;
        for (int i = block.Parameters.Count - 1; i >= 0; i--)
        {
            if (Only(block.Parameters[i], ways, i, replacements) is not { } value)
                continue;
            replacements.Add(block.Parameters[i], value);
            block.Parameters.RemoveAt(i);
            foreach (Way way in ways)
                way.Edge.Arguments.RemoveAt(i);
            changed = true;
        }
        return changed;
    }

    private static Value? Only(Value parameter, List<Way> ways, int index, Replacements replacements)
    {
        Value? only = null;
        foreach (Way way in ways)
        {
            Value argument = replacements.Of(way.Edge.Arguments[index]);
            if (ReferenceEquals(argument, parameter))
                continue;
            if (only is not null && !ReferenceEquals(only, argument) && !Folding.SameConstant(only, argument))
                return null;
            only = argument;
        }
        return only;
    }
}
