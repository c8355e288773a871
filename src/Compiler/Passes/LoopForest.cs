using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// The loop nesting forest: all natural loops. Jumps into the middle of a cycle make no loop: such cycles are left as they are.
/// </summary>
internal sealed class LoopForest
{
    private readonly Dictionary<Block, Loop> innermost = [];

    public LoopForest(ControlFlow flow, Dominators dominators)
    {
        for (int header = flow.Order.Length - 1; header >= 0; header--)
        {
            var latches =
                flow.WaysInto(header).Where(way => dominators.Dominates(header, flow.IndexOf(way.From))).Select(way => way.From).ToList();
            if (latches.Count > 0)
                InnermostFirst.Add(Collect(flow, flow.Order[header], latches));
        }
        foreach (Loop loop in InnermostFirst)
        {
            foreach (Block block in loop.Blocks)
            {
                if (!innermost.TryGetValue(block, out Loop? inner))
                    innermost.Add(block, loop);
                else if (Outermost(inner) is var top && top != loop)
                    top.Parent = loop;
            }
        }
    }

    /// <summary>Every loop after the loops inside of it.</summary>
    public List<Loop> InnermostFirst { get; } = [];

    /// <summary>The smallest loop that the block is in, or null.</summary>
    public Loop? Of(Block block) => innermost.GetValueOrDefault(block);

    private static Loop Outermost(Loop loop)
    {
        while (loop.Parent is { } parent)
            loop = parent;
        return loop;
    }

    private static Loop Collect(ControlFlow flow, Block header, List<Block> latches)
    {
        var loop = new Loop(header);
        loop.Members.Add(header);
        var pending = new Stack<Block>(latches);
        while (pending.TryPop(out Block? block))
        {
            if (!loop.Members.Add(block))
                continue;
            foreach (Way way in flow.WaysInto(block))
                pending.Push(way.From);
        }
        loop.Blocks.AddRange(loop.Members.OrderBy(flow.IndexOf));
        return loop;
    }
}
