using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>
/// Register coalescing: which values share a register, first what an instruction reads and writes in one place, then parameters of blocks
/// with what comes in over the edges, inner loops first; each time only if the two are never alive together. What is left becomes moves.
/// </summary>
internal sealed class RegisterSharing
{
    private readonly FoldedInstructions folded;
    private readonly LiveRanges live;
    private readonly int[] parents;
    private readonly Dictionary<Instruction, List<Copy>> before = [];

    private RegisterSharing(FoldedInstructions folded, LiveRanges live)
    {
        (this.folded, this.live) = (folded, live);
        parents = new int[live.Values.Count];
        for (int i = 0; i < parents.Length; i++)
            parents[i] = i;
    }

    public static RegisterSharing Of(FlowGraph graph, FoldedInstructions folded)
    {
        var result = new RegisterSharing(folded, LiveRanges.Of(graph, folded));
        foreach (FlowNode node in graph.Nodes)
            result.Tie(node);
        foreach (FlowNode node in graph.Nodes.Where(n => n.Exit is not null).OrderByDescending(n => n.Loop?.Depth ?? 0))
            result.Join(node.Exit!);
        return result;
    }

    /// <summary>A value that stands for all that share its register.</summary>
    public Value Representative(Value value) => live.Values[Find(live.NumberOf(value))];

    /// <summary>Moves that stand before an instruction, all at once.</summary>
    public IReadOnlyList<Copy> CopiesBefore(Instruction instruction) =>
        before.TryGetValue(instruction, out List<Copy>? copies) ? copies : [];

    /// <summary>Moves at the end of a node, all at once.</summary>
    public List<Copy> CopiesAtEnd(FlowNode node)
    {
        var copies = new List<Copy>();
        if (node.Exit is not { } exit)
            return copies;
        for (int i = 0; i < exit.Arguments.Count; i++)
        {
            Value from = folded.Resolve(exit.Arguments[i]), to = Representative(exit.Target.Parameters[i]);
            if (from is not Constant)
                from = Representative(from);
            if (from != to)
                copies.Add(new Copy(to, from));
        }
        return copies;
    }

    private int Find(int number)
    {
        while (parents[number] != number)
            number = parents[number] = parents[parents[number]];
        return number;
    }

    private bool TryShare(Value left, Value right)
    {
        int a = Find(live.NumberOf(left)), b = Find(live.NumberOf(right));
        if (a == b)
            return true;
        if (PtxTypes.ClassOf(left.Type) != PtxTypes.ClassOf(right.Type) || live.Ranges[a].Overlaps(live.Ranges[b]))
            return false;
        live.Ranges[a].Add(live.Ranges[b]);
        parents[b] = a;
        return true;
    }

    private void Join(Edge edge)
    {
        for (int i = 0; i < edge.Arguments.Count; i++)
        {
            if (folded.Resolve(edge.Arguments[i]) is var from and not Constant)
                TryShare(edge.Target.Parameters[i], from);
        }
    }

    private void Tie(FlowNode node)
    {
        int fence = -1;
        for (int i = 0; i < node.Instructions.Count; i++)
        {
            Instruction instruction = node.Instructions[i];
            if (instruction.Ptx is not { } form)
                continue;
            if (form.Text.StartsWith("wgmma.fence", StringComparison.Ordinal))
                fence = i;
            foreach ((int operand, int result) in TiedOperands.Of(instruction))
                Tie(node, i, fence, instruction, operand, result);
        }
    }

    /// <summary>
    /// A constant that a matrix product begins with is moved in front of the fence before it: behind it, between the products, nothing
    /// may write registers.
    /// </summary>
    private void Tie(FlowNode node, int index, int fence, Instruction instruction, int operand, int result)
    {
        Value from = folded.Resolve(instruction.Operands[operand]), to = instruction.Results[result];
        if (from is not Constant && TryShare(to, from))
            return;
        int at = from is Constant && fence >= 0 && instruction.Ptx!.Text.Contains("wgmma.mma_async", StringComparison.Ordinal)
            ? fence : index;
        int number = live.NumberOf(to);
        live.Ranges[Find(number)].Extend(live.PositionOf(number), LiveRanges.PositionOf(node, at) + LiveRanges.CopyWrite);
        Instruction place = node.Instructions[at];
        if (!before.TryGetValue(place, out List<Copy>? copies))
            before.Add(place, copies = []);
        copies.Add(new Copy(to, from));
    }
}
