using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Constant folding, algebraic simplification and peephole rules: every instruction in its simplest form, operands before users.
/// </summary>
/// <param name="isLast">also spells out signed divisions and wide products; other rules then no longer see through these</param>
internal sealed class FoldInstructions(bool isLast = false) : IPass
{
    public string Name => "fold";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var rewriter = new Rewriter(function.Launch, isLast);
        var replacements = new Replacements();
        foreach (Block block in flow.Order)
            rewriter.Rewrite(block, replacements);
        replacements.ApplyTo(function);
        return rewriter.HasChanged;
    }
}
