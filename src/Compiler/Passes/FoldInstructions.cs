using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Rewrites every instruction in its simplest form, operands before users.</summary>
internal sealed class FoldInstructions : IPass
{
    public string Name => "fold";

    public bool Run(Function function)
    {
        var flow = new ControlFlow(function);
        var rewriter = new Rewriter(function.Launch);
        var replacements = new Replacements();
        foreach (Block block in flow.Order) rewriter.Rewrite(block, replacements);
        replacements.ApplyTo(function);
        return rewriter.HasChanged;
    }
}
