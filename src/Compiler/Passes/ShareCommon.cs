using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Common subexpression elimination, by global value numbering (CSE, GVN): a pure instruction that a dominating one already made takes that
/// one's results.
/// </summary>
internal sealed class ShareCommon : IPass
{
    private static readonly SameExpression Comparer = new();

    public string Name => "share common expressions";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var dominators = new Dominators(flow);
        var replacements = new Replacements();
        var known = new Dictionary<Instruction, Instruction>(Comparer);
        var open = new Stack<(int Last, List<Instruction> Added)>();
        for (int place = 0; place < dominators.Preorder.Length; place++)
        {
            while (open.TryPeek(out (int Last, List<Instruction> Added) top) && top.Last < place)
            {
                foreach (Instruction instruction in top.Added)
                    known.Remove(instruction);
                open.Pop();
            }
            int block = dominators.Preorder[place];
            var added = new List<Instruction>();
            open.Push((dominators.LastOf(block), added));
            flow.Order[block].Instructions.RemoveAll(i => IsKnown(i, known, added, replacements));
        }
        replacements.ApplyTo(function);
        return !replacements.IsEmpty;
    }

    private static bool IsKnown(
        Instruction instruction, Dictionary<Instruction, Instruction> known, List<Instruction> added, Replacements replacements)
    {
        replacements.ApplyTo(instruction);
        if (!instruction.IsPure || instruction.Results.Length == 0)
            return false;
        if (known.TryGetValue(instruction, out Instruction? earlier))
        {
            for (int i = 0; i < instruction.Results.Length; i++)
                replacements.Add(instruction.Results[i], earlier.Results[i]);
            return true;
        }
        known.Add(instruction, instruction);
        added.Add(instruction);
        return false;
    }
}
