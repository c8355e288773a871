using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// The dominator tree: which blocks every way to a block leads through (Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm, 2001).
/// Blocks are given by their place in <see cref="ControlFlow.Order"/>.
/// </summary>
internal sealed class Dominators
{
    private readonly ControlFlow flow;
    private readonly int[] immediate;
    private readonly List<int>[] children;
    private readonly int[] first;
    private readonly int[] last;

    public Dominators(ControlFlow flow)
    {
        this.flow = flow;
        int count = flow.Order.Length;
        immediate = FindImmediate(flow);
        children = new List<int>[count];
        for (int i = 0; i < count; i++)
            children[i] = [];
        for (int i = 1; i < count; i++)
            children[immediate[i]].Add(i);
        first = new int[count];
        last = new int[count];
        Preorder = Number();
    }

    /// <summary>Every block after its immediate dominator, subtree by subtree.</summary>
    public int[] Preorder { get; }

    public bool Dominates(int a, int b) => first[a] <= first[b] && last[b] <= last[a];

    public bool Dominates(Block a, Block b) => Dominates(flow.IndexOf(a), flow.IndexOf(b));

    /// <summary>Place of the last block of the subtree of <paramref name="block"/> in <see cref="Preorder"/>.</summary>
    public int LastOf(int block) => last[block];

    /// <summary>For each block, where its dominance ends: the blocks that it doesn't dominate but a predecessor of which it does.</summary>
    public List<int>[] Frontiers()
    {
        var frontiers = new List<int>[immediate.Length];
        for (int i = 0; i < frontiers.Length; i++)
            frontiers[i] = [];
        for (int block = 1; block < frontiers.Length; block++)
        {
            List<Way> ways = flow.WaysInto(block);
            if (ways.Count < 2)
                continue;
            foreach (Way way in ways)
            {
                for (int runner = flow.IndexOf(way.From); runner != immediate[block]; runner = immediate[runner])
                {
                    if (frontiers[runner].Count == 0 || frontiers[runner][^1] != block)
                        frontiers[runner].Add(block);
                }
            }
        }
        return frontiers;
    }

    private static int[] FindImmediate(ControlFlow flow)
    {
        int[] immediate = new int[flow.Order.Length];
        Array.Fill(immediate, -1);
        immediate[0] = 0;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int block = 1; block < immediate.Length; block++)
            {
                int common = -1;
                foreach (Way way in flow.WaysInto(block))
                {
                    int from = flow.IndexOf(way.From);
                    if (immediate[from] < 0)
                        continue;
                    common = common < 0 ? from : Common(immediate, common, from);
                }
                changed |= immediate[block] != common;
                immediate[block] = common;
            }
        }
        return immediate;
    }

    private static int Common(int[] immediate, int a, int b)
    {
        while (a != b)
        {
            while (a > b)
                a = immediate[a];
            while (b > a)
                b = immediate[b];
        }
        return a;
    }

    private int[] Number()
    {
        int[] order = new int[immediate.Length];
        int next = 0;
        var path = new Stack<(int Block, int Child)>();
        path.Push((0, 0));
        while (path.TryPop(out (int Block, int Child) top))
        {
            if (top.Child == 0)
            {
                first[top.Block] = next;
                order[next++] = top.Block;
            }
            last[top.Block] = next - 1;
            if (top.Child == children[top.Block].Count)
                continue;
            path.Push((top.Block, top.Child + 1));
            path.Push((children[top.Block][top.Child], 0));
        }
        return order;
    }
}
