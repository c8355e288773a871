using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>
/// The blocks in the order of the text: reverse postorder, with each loop in one piece. An edge with arguments that leaves a block with
/// several ways out has a node of its own, which prints nothing if no copy is left on it.
/// </summary>
internal sealed class FlowGraph
{
    private readonly Dictionary<Block, FlowNode> nodes = [];
    private readonly List<(FlowNode From, FlowNode Header)> backEdges = [];

    private FlowGraph() { }

    public List<FlowNode> Nodes { get; } = [];

    public static FlowGraph Of(Function function)
    {
        var graph = new FlowGraph();
        List<FlowNode> order = graph.ReversePostorder(graph.NodeOf(function.Entry));
        for (int i = 0; i < order.Count; i++)
            order[i].Index = i;
        graph.FindLoops(order);
        graph.Place(order, null);
        return graph;
    }

    private FlowNode NodeOf(Block block)
    {
        if (nodes.TryGetValue(block, out FlowNode? known))
            return known;
        var made = new FlowNode(block);
        nodes.Add(block, made);
        return made;
    }

    private void Connect(FlowNode node)
    {
        if (node.Block is not { } block)
            return;
        Terminator end = block.Terminator ?? throw new InvalidOperationException("A block has no end.");
        if (end.Edges.Length == 1 || end.Selector is Constant)
        {
            node.Exit = Taken(end);
            node.Successors.Add(NodeOf(node.Exit.Target));
        }
        else
        {
            foreach (Edge edge in end.Edges)
                node.Successors.Add(edge.Arguments.Count == 0 ? NodeOf(edge.Target) : OnEdge(edge));
        }
        foreach (FlowNode next in node.Successors)
            next.Predecessors.Add(node);
    }

    private FlowNode OnEdge(Edge edge)
    {
        FlowNode target = NodeOf(edge.Target);
        var between = new FlowNode(null) { Exit = edge };
        between.Successors.Add(target);
        target.Predecessors.Add(between);
        return between;
    }

    private static Edge Taken(Terminator end)
    {
        if (end.Selector is not Constant known)
            return end.Edges[0];
        if (end.Edges.Length == 2 && known.Type == IrType.Pred)
            return end.Edges[known.Bits != 0 ? 0 : 1];
        return end.Edges[(int)Math.Min(known.Bits, (ulong)end.Edges.Length - 1)];
    }

    private List<FlowNode> ReversePostorder(FlowNode entry)
    {
        var order = new List<FlowNode>();
        var open = new Dictionary<FlowNode, bool>();
        var stack = new Stack<(FlowNode Node, int Next)>();
        Open(entry);
        while (stack.TryPop(out (FlowNode Node, int Next) top))
        {
            if (top.Next < 0)
            {
                open[top.Node] = false;
                order.Add(top.Node);
                continue;
            }
            stack.Push((top.Node, top.Next - 1));
            FlowNode next = top.Node.Successors[top.Next];
            if (!open.TryGetValue(next, out bool isOpen))
                Open(next);
            else if (isOpen)
                backEdges.Add((top.Node, next));
        }
        order.Reverse();
        return order;

        void Open(FlowNode node)
        {
            Connect(node);
            open.Add(node, true);
            stack.Push((node, node.Successors.Count - 1));
        }
    }

    private void FindLoops(List<FlowNode> order)
    {
        foreach (IGrouping<FlowNode, FlowNode> back in backEdges.GroupBy(e => e.Header, e => e.From).OrderBy(g => g.Key.Index))
        {
            var inside = new HashSet<FlowNode> { back.Key };
            var open = new Stack<FlowNode>(back);
            while (open.TryPop(out FlowNode? node))
            {
                if (node.Index < back.Key.Index || !inside.Add(node))
                    continue;
                foreach (FlowNode before in node.Predecessors)
                    open.Push(before);
            }
            var loop = new FlowLoop(back.Key.Loop);
            loop.Nodes.AddRange(inside.OrderBy(n => n.Index));
            foreach (FlowNode node in loop.Nodes)
                node.Loop = loop;
        }
        foreach (FlowNode node in order)
            node.Index = -1;
    }

    private void Place(List<FlowNode> order, FlowLoop? within)
    {
        foreach (FlowNode node in order)
        {
            if (node.Index >= 0)
                continue;
            if (node.Loop == within)
            {
                node.Index = Nodes.Count;
                Nodes.Add(node);
                continue;
            }
            FlowLoop inner = node.Loop!;
            while (inner.Parent != within && inner.Parent is not null)
                inner = inner.Parent;
            Place(inner.Nodes, inner);
        }
    }
}

/// <summary>A natural loop: a header and what gets back to it without leaving.</summary>
internal sealed class FlowLoop(FlowLoop? parent)
{
    public FlowLoop? Parent { get; } = parent;

    public int Depth { get; } = parent is null ? 1 : parent.Depth + 1;

    /// <summary>Its nodes and those of loops within, in reverse postorder.</summary>
    public List<FlowNode> Nodes { get; } = [];
}
