using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Promotion of memory to registers (mem2reg, with scalar replacement of aggregates, SROA): a thread's variables become SSA values (Cytron
/// et al. 1991, pruned by liveness), block parameters where different values meet (phi nodes). Locals that are indexed by unknown values,
/// or pointers to which lie in memory, stay for a later round.
/// </summary>
internal sealed class PromoteLocals : IPass
{
    public string Name => "promote locals";

    public bool Run(Function function)
    {
        SimplifyBranches.DropUnreachable(function);
        var flow = new ControlFlow(function);
        var locals = new PromotableLocals(flow);
        if (locals.Accesses.Count == 0)
            return false;
        var dominators = new Dominators(flow);
        Dictionary<int, List<int>> placed = new PieceLiveness(flow, locals).PlaceParameters(dominators);
        new PieceRenaming(flow, locals, placed).Run(function, dominators);
        return true;
    }
}
