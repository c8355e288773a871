namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>
/// Live-range splitting (webs): the C# compiler lets variables that don't live at the same time share a slot. Here they get variables of
/// their own again: a store belongs together with the loads that can see it. What the frontend knows of a variable (its one value, its
/// state space) holds then.
/// </summary>
internal sealed class SlotSplitter
{
    private readonly IlInstruction[] instructions;
    private readonly SortedDictionary<int, IlBlock> blocks;
    private readonly Dictionary<int, int> parents = [];

    private SlotSplitter(IlInstruction[] instructions, SortedDictionary<int, IlBlock> blocks)
    {
        this.instructions = instructions;
        this.blocks = blocks;
    }

    /// <summary>Renumbers the locals in the instructions. The result has the old slot of each new variable.</summary>
    public static IReadOnlyList<int> Split(IlInstruction[] instructions, SortedDictionary<int, IlBlock> blocks, int slotCount)
    {
        var slots = new List<int>(Enumerable.Range(0, slotCount));
        HashSet<int> addressed = [.. instructions.Where(one => IlMethod.IsAddress(one.OpCode)).Select(one => (int)one.Operand)];
        var splitter = new SlotSplitter(instructions, blocks);
        foreach (IlBlock block in blocks.Values.Where(block => block.Order >= 0))
        {
            for (int i = block.First; i < block.End; i++)
            {
                if (IlMethod.IsStore(instructions[i].OpCode) && !addressed.Contains((int)instructions[i].Operand))
                    splitter.Follow(block, i);
            }
        }
        splitter.Renumber(slots);
        return slots;
    }

    /// <summary>Joins a store with the loads that see its value.</summary>
    private void Follow(IlBlock block, int store)
    {
        parents.TryAdd(store, store);
        var seen = new HashSet<IlBlock>();
        var open = new Stack<(IlBlock Block, int First)>();
        open.Push((block, store + 1));
        while (open.TryPop(out var part))
        {
            if (!ReachesEnd(store, part.First, part.Block.End))
                continue;
            foreach (int successor in IlBlocks.Successors(instructions[part.Block.End - 1]))
            {
                if (seen.Add(blocks[successor]))
                    open.Push((blocks[successor], blocks[successor].First));
            }
        }
    }

    private bool ReachesEnd(int store, int first, int end)
    {
        long slot = instructions[store].Operand;
        for (int i = first; i < end; i++)
        {
            if (instructions[i].Operand != slot)
                continue;
            if (IlMethod.IsLoad(instructions[i].OpCode))
                Join(store, i);
            else if (IlMethod.IsStore(instructions[i].OpCode))
                return false;
        }
        return true;
    }

    private void Join(int a, int b)
    {
        parents.TryAdd(b, b);
        a = RootOf(a);
        b = RootOf(b);
        parents[Math.Max(a, b)] = Math.Min(a, b);
    }

    private int RootOf(int instruction)
    {
        while (parents[instruction] != instruction)
            instruction = parents[instruction];
        return instruction;
    }

    /// <summary>The first variable of a slot keeps its number.</summary>
    private void Renumber(List<int> slots)
    {
        var numbers = new Dictionary<int, int>();
        var taken = new HashSet<int>();
        foreach (int instruction in parents.Keys.Order())
        {
            int root = RootOf(instruction), slot = (int)instructions[instruction].Operand;
            if (!numbers.TryGetValue(root, out int number))
            {
                number = taken.Add(slot) ? slot : slots.Count;
                if (number == slots.Count)
                    slots.Add(slot);
                numbers.Add(root, number);
            }
            instructions[instruction] = instructions[instruction] with { Operand = number };
        }
    }
}
