using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>The reachable blocks, each after the blocks that dominate it (reverse postorder), and the ways into each.</summary>
internal sealed class ControlFlow
{
    private readonly Dictionary<Block, int> indices = [];
    private readonly List<Way>[] ways;

    public ControlFlow(Function function)
    {
        Order = ReversePostorder(function.Entry);
        for (int i = 0; i < Order.Length; i++)
            indices.Add(Order[i], i);
        ways = new List<Way>[Order.Length];
        for (int i = 0; i < ways.Length; i++)
            ways[i] = [];
        foreach (Block block in Order)
        {
            foreach (Edge edge in block.Terminator!.Edges)
                ways[indices[edge.Target]].Add(new Way(block, edge));
        }
    }

    public Block[] Order { get; }

    /// <summary>Place in <see cref="Order"/>.</summary>
    public int IndexOf(Block block) => indices[block];

    public bool IsReachable(Block block) => indices.ContainsKey(block);

    public List<Way> WaysInto(Block block) => ways[indices[block]];

    public List<Way> WaysInto(int index) => ways[index];

    private static Block[] ReversePostorder(Block entry)
    {
        var done = new List<Block>();
        var seen = new HashSet<Block> { entry };
        var path = new Stack<(Block Block, int Next)>();
        path.Push((entry, 0));
        while (path.TryPop(out (Block Block, int Next) top))
        {
            Edge[] edges = top.Block.Terminator!.Edges;
            if (top.Next == edges.Length)
            {
                done.Add(top.Block);
                continue;
            }
            path.Push((top.Block, top.Next + 1));
            Block target = edges[edges.Length - 1 - top.Next].Target;
            if (seen.Add(target))
                path.Push((target, 0));
        }
        done.Reverse();
        return [.. done];
    }
}
