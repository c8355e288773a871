using System.Runtime.InteropServices;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>
/// Liveness analysis: where each value is alive. An instruction has four positions: copies before it are read, and written; it reads, and
/// writes. What it reads for the last time may therefore share a register with what it writes. Text of several statements may write early:
/// its results begin with the copies, and what they are tied to is read by these.
/// </summary>
internal sealed class LiveRanges
{
    public const int Step = 4;
    public const int CopyWrite = 1;
    public const int Read = 2;
    public const int Write = 3;

    private readonly FlowGraph graph;
    private readonly FoldedInstructions folded;
    private readonly Dictionary<Value, int> numbers = [];
    private readonly List<(FlowNode Node, int Position)> definitions = [];
    private readonly List<int> lastUses = [];
    private readonly List<(int Node, int Last, int Before)> uses = [];

    private LiveRanges(FlowGraph graph, FoldedInstructions folded) => (this.graph, this.folded) = (graph, folded);

    public List<Value> Values { get; } = [];

    /// <summary>By the value's number.</summary>
    public List<LiveRange> Ranges { get; } = [];

    public static LiveRanges Of(FlowGraph graph, FoldedInstructions folded)
    {
        var result = new LiveRanges(graph, folded);
        result.NumberPositions();
        foreach (FlowNode node in graph.Nodes)
            result.Define(node);
        foreach (FlowNode node in graph.Nodes)
            result.Use(node);
        result.Sweep();
        return result;
    }

    public int NumberOf(Value value) => numbers[value];

    public int PositionOf(int number) => definitions[number].Position;

    public static int PositionOf(FlowNode node, int instruction) => node.First + Step * (instruction + 1);

    private void NumberPositions()
    {
        int next = 0;
        foreach (FlowNode node in graph.Nodes)
        {
            node.First = next;
            node.Last = PositionOf(node, node.Instructions.Count) + Step - 1;
            next = node.Last + 1;
        }
    }

    private void Define(FlowNode node)
    {
        if (node.Block is not { } block)
            return;
        foreach (Value parameter in block.Parameters)
            Define(parameter, node, node.First);
        for (int i = 0; i < block.Instructions.Count; i++)
        {
            Instruction instruction = block.Instructions[i];
            if (folded.Contains(instruction))
                continue;
            int at = PositionOf(node, i) + (TiedOperands.WritesEarly(instruction) ? CopyWrite : Write);
            foreach (Value result in instruction.Results)
                Define(result, node, at);
        }
    }

    private void Define(Value value, FlowNode node, int position)
    {
        numbers.Add(value, Values.Count);
        Values.Add(value);
        definitions.Add((node, position));
        lastUses.Add(-1);
    }

    private void Use(FlowNode node)
    {
        for (int i = 0; i < node.Instructions.Count; i++)
        {
            Instruction instruction = node.Instructions[i];
            if (folded.Contains(instruction))
                continue;
            int at = PositionOf(node, i);
            bool early = TiedOperands.WritesEarly(instruction);
            for (int k = 0; k < instruction.Operands.Length; k++)
                Use(instruction.Operands[k], node, early && TiedOperands.IsTied(instruction, k) ? at : at + Read);
            // what nobody reads still takes its register while it is written
            foreach (Value result in instruction.Results)
                Use(result, node, at + Write);
        }
        if (node.Exit is { } exit)
        {
            foreach (Value argument in exit.Arguments)
                Use(argument, node, node.End);
        }
        else if (node.Block!.Terminator!.Selector is { } selector)
        {
            Use(selector, node, node.End + Read);
        }
    }

    private void Use(Value operand, FlowNode node, int position)
    {
        Value value = folded.Condition(operand).Value;
        if (value is Constant || folded.VariableOf(value) is not null)
            return;
        int number = numbers[value], before = lastUses[number];
        if (before >= 0 && uses[before].Node == node.Index)
        {
            Span<(int Node, int Last, int Before)> all = CollectionsMarshal.AsSpan(uses);
            all[before].Last = Math.Max(all[before].Last, position);
            return;
        }
        lastUses[number] = uses.Count;
        uses.Add((node.Index, position, before));
    }

    /// <summary>For each value: from its uses backwards to its definition.</summary>
    private void Sweep()
    {
        int nodes = graph.Nodes.Count;
        int[] enters = new int[nodes], leaves = new int[nodes], lastUse = new int[nodes], seen = new int[nodes];
        var open = new Stack<FlowNode>();
        var touched = new List<int>();
        for (int v = 0; v < Values.Count; v++)
        {
            int stamp = v + 1;
            (FlowNode home, int defined) = definitions[v];
            if (IsLocal(v, home, out int end))
            {
                var range = new LiveRange();
                range.Append(defined, Math.Max(defined, end));
                Ranges.Add(range);
                continue;
            }
            touched.Clear();
            Touch(home.Index, defined);
            for (int use = lastUses[v]; use >= 0; use = uses[use].Before)
            {
                (int node, int last, _) = uses[use];
                Touch(node, last);
                if (node != home.Index)
                    Enter(graph.Nodes[node]);
            }
            while (open.TryPop(out FlowNode? node))
            {
                foreach (FlowNode before in node.Predecessors)
                {
                    Touch(before.Index, before.First);
                    leaves[before.Index] = stamp;
                    if (before != home)
                        Enter(before);
                }
            }
            Ranges.Add(Range(v, touched, enters, leaves, lastUse));

            void Touch(int node, int last)
            {
                if (seen[node] != stamp)
                    (seen[node], lastUse[node]) = (stamp, last);
                else
                    lastUse[node] = Math.Max(lastUse[node], last);
                touched.Add(node);
            }

            void Enter(FlowNode node)
            {
                if (enters[node.Index] == stamp)
                    return;
                enters[node.Index] = stamp;
                open.Push(node);
            }
        }
    }

    /// <summary>Most values are read in their own block alone.</summary>
    private bool IsLocal(int value, FlowNode home, out int end)
    {
        int use = lastUses[value];
        end = use < 0 ? 0 : uses[use].Last;
        return use < 0 || (uses[use].Node == home.Index && uses[use].Before < 0);
    }

    private LiveRange Range(int value, List<int> touched, int[] enters, int[] leaves, int[] lastUse)
    {
        var range = new LiveRange();
        touched.Sort();
        int stamp = value + 1, before = -1;
        foreach (int at in touched)
        {
            if (at == before)
                continue;
            before = at;
            FlowNode node = graph.Nodes[at];
            int first = enters[at] == stamp ? node.First : definitions[value].Position;
            range.Append(first, leaves[at] == stamp ? node.Last : lastUse[at]);
        }
        return range;
    }
}
