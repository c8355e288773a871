using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Decoding;

/// <summary>
/// Immediate post-dominators of a function's branches (Cooper, Harvey and Kennedy 2001, on the reversed graph).
/// In an entry, a way that only ends the thread doesn't count as a way: the rest of the warp meets without it.
/// </summary>
internal sealed class ControlFlow
{
    private readonly IReadOnlyList<Instruction> code;
    private readonly int first;
    private readonly int count;
    private readonly bool isEntry;
    private readonly int[] order;
    private readonly int[] parent;
    private readonly bool[] keepsEnds;

    private ControlFlow(IReadOnlyList<Instruction> code, int first, int count, bool isEntry)
    {
        (this.code, this.first, this.count, this.isEntry) = (code, first, count, isEntry);
        order = new int[count + 1];
        parent = new int[count + 1];
        keepsEnds = new bool[count];
    }

    /// <summary>Writes, for each branch, the index where its sides meet.</summary>
    public static void FindJoins(IReadOnlyList<Instruction> code, int first, int count, bool isEntry, int[] joins)
    {
        var flow = new ControlFlow(code, first, count, isEntry);
        flow.Solve();
        if (isEntry && flow.RestoreEnds())
            flow.Solve();
        for (int i = 0; i < count; i++)
        {
            if (code[first + i] is not (Branch or IndexedBranch))
                continue;
            int join = flow.parent[i];
            joins[first + i] = join < 0 || join == count || (isEntry && flow.Ends(join)) ? -1 : first + join;
        }
    }

    private bool Ends(int node) =>
        node < count && code[first + node] is Return or Execution.Exit && code[first + node].Guard == Instruction.NoSlot;

    private IEnumerable<int> Successors(int node)
    {
        Instruction instruction = code[first + node];
        bool guarded = instruction.Guard != Instruction.NoSlot;
        int next = node + 1;   // past the last instruction stands the end, number count
        switch (instruction)
        {
            case Branch branch: return guarded ? Ways(node, [branch.Target - first, next]) : [branch.Target - first];
            case IndexedBranch indexed:
                return Ways(node, [.. indexed.Targets.Select(t => t - first), .. guarded ? [next] : Array.Empty<int>()]);
            case Return or Execution.Exit: return !guarded ? [count] : isEntry ? [next] : [next, count];
            default: return [next];
        }
    }

    private IEnumerable<int> Ways(int node, int[] all)
    {
        if (!isEntry || keepsEnds[node])
            return all;
        int[] going = [.. all.Where(n => !Ends(n))];
        return going.Length > 0 ? going : all;
    }

    /// <summary>A loop may have no way out but the end: there, ends count.</summary>
    private bool RestoreEnds()
    {
        bool any = false;
        for (int i = 0; i < count; i++)
        {
            keepsEnds[i] = parent[i] < 0;
            any |= keepsEnds[i];
        }
        return any;
    }

    private void Solve()
    {
        var before = new List<int>[count + 1];
        for (int i = 0; i <= count; i++)
            before[i] = [];
        for (int i = 0; i < count; i++)
        {
            foreach (int next in Successors(i))
                before[next].Add(i);
        }
        List<int> visit = PostOrder(before);
        Array.Fill(parent, -1);
        parent[count] = count;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (int k = visit.Count - 1; k >= 0; k--)
            {
                int node = visit[k];
                if (node == count)
                    continue;
                int meet = -1;
                foreach (int next in Successors(node))
                {
                    if (parent[next] >= 0)
                        meet = meet < 0 ? next : Meet(meet, next);
                }
                if (meet == parent[node])
                    continue;
                parent[node] = meet;
                changed = true;
            }
        }
    }

    private List<int> PostOrder(List<int>[] before)
    {
        var visit = new List<int>();
        var seen = new bool[count + 1];
        var stack = new Stack<(int Node, int Edge)>([(count, 0)]);
        seen[count] = true;
        while (stack.TryPop(out (int Node, int Edge) top))
        {
            if (top.Edge == before[top.Node].Count)
            {
                order[top.Node] = visit.Count;
                visit.Add(top.Node);
                continue;
            }
            stack.Push((top.Node, top.Edge + 1));
            int next = before[top.Node][top.Edge];
            if (seen[next])
                continue;
            seen[next] = true;
            stack.Push((next, 0));
        }
        return visit;
    }

    private int Meet(int a, int b)
    {
        while (a != b)
        {
            while (order[a] < order[b])
                a = parent[a];
            while (order[b] < order[a])
                b = parent[b];
        }
        return a;
    }
}
