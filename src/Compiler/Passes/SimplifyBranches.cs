using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Simplification of the control-flow graph: branches that are known, blocks without instructions, blocks that only follow one other.
/// </summary>
internal sealed class SimplifyBranches : IPass
{
    public string Name => "simplify branches";

    public bool Run(Function function)
    {
        bool any = false;
        for (bool changed = true; changed;)
        {
            changed = false;
            foreach (Block block in function.Blocks)
                changed |= Decide(block);
            changed |= DropUnreachable(function);
            changed |= SkipEmptyBlocks(function);
            changed |= DropUnreachable(function);
            changed |= MergeChains(function);
            changed |= TrivialParameters.Remove(function);
            any |= changed;
        }
        return any;
    }

    public static bool DropUnreachable(Function function)
    {
        var flow = new ControlFlow(function);
        return flow.Order.Length < function.Blocks.Count && function.Blocks.RemoveAll(b => !flow.IsReachable(b)) > 0;
    }

    private static bool Decide(Block block)
    {
        Terminator end = block.Terminator!;
        if (end.Selector is null)
            return false;
        Edge[] edges = end.Edges;
        if (end.Selector is Constant constant)
        {
            int last = edges.Length - 1;
            int taken = edges.Length == 2 && constant.Type == IrType.Pred
                ? (constant.Bits != 0 ? 0 : 1) : (int)Math.Min(constant.Bits, (ulong)last);
            block.Terminator = new Terminator(end.Location, null, edges[taken]);
            return true;
        }
        if (Array.TrueForAll(edges, e => IsSameWay(e, edges[0])))
        {
            block.Terminator = new Terminator(end.Location, null, edges[0]);
            return true;
        }
        if (edges.Length != 2 || end.Selector.Definition is not { Opcode: Opcode.Not } negation)
            return false;
        block.Terminator = new Terminator(end.Location, negation.Operands[0], edges[1], edges[0]);
        return true;
    }

    private static bool IsSameWay(Edge a, Edge b)
    {
        if (a.Target != b.Target)
            return false;
        for (int i = 0; i < a.Arguments.Count; i++)
        {
            if (!ReferenceEquals(a.Arguments[i], b.Arguments[i]) && !Folding.SameConstant(a.Arguments[i], b.Arguments[i]))
                return false;
        }
        return true;
    }

    private static bool SkipEmptyBlocks(Function function)
    {
        var uses = new UseCounts(function);
        Dictionary<Block, List<Edge>> incoming = IncomingEdges(function);
        bool changed = false;
        foreach (Block block in function.Blocks)
        {
            if (block == function.Entry || block.Instructions.Count > 0 || block.Terminator!.Edges is not [Edge exit]
                || exit.Target == block)
            {
                continue;
            }
            if (!block.Parameters.TrueForAll(p => uses.Of(p) == exit.Arguments.Count(a => ReferenceEquals(a, p))))
                continue;
            foreach (Edge edge in incoming[block])
            {
                List<Value> given = [.. edge.Arguments];
                edge.Arguments.Clear();
                edge.Arguments.AddRange(exit.Arguments.Select(a => block.Parameters.IndexOf(a) is >= 0 and int i ? given[i] : a));
                edge.Target = exit.Target;
                incoming[exit.Target].Add(edge);
                changed = true;
            }
            incoming[exit.Target].Remove(exit);
            incoming[block].Clear();
            block.Parameters.Clear();
        }
        return changed;
    }

    private static bool MergeChains(Function function)
    {
        Dictionary<Block, List<Edge>> incoming = IncomingEdges(function);
        var replacements = new Replacements();
        var gone = new HashSet<Block>();
        foreach (Block block in function.Blocks)
        {
            if (gone.Contains(block))
                continue;
            while (block.Terminator!.Edges is [Edge edge] && edge.Target != block && edge.Target != function.Entry
                && incoming[edge.Target].Count == 1)
            {
                Block next = edge.Target;
                for (int i = 0; i < next.Parameters.Count; i++)
                    replacements.Add(next.Parameters[i], edge.Arguments[i]);
                block.Instructions.AddRange(next.Instructions);
                block.Terminator = next.Terminator;
                gone.Add(next);
            }
        }
        function.Blocks.RemoveAll(gone.Contains);
        replacements.ApplyTo(function);
        return gone.Count > 0;
    }

    private static Dictionary<Block, List<Edge>> IncomingEdges(Function function)
    {
        var incoming = function.Blocks.ToDictionary(b => b, _ => new List<Edge>());
        foreach (Block block in function.Blocks)
        {
            foreach (Edge edge in block.Terminator!.Edges)
                incoming[edge.Target].Add(edge);
        }
        return incoming;
    }
}
