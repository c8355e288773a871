using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>
/// Vectorisation of loads and stores: those of values that lie side by side become one of two or four, up to 16 bytes, where the address is
/// known to be aligned to that. Loads move up over nothing but pure instructions and other plain loads, stores move down over pure
/// instructions and stores through the same pointer to other bytes.
/// </summary>
internal sealed class JoinAccesses : IPass
{
    private const int MaxBytes = 16;

    public string Name => "join accesses";

    public bool Run(Function function)
    {
        var replacements = new Replacements();
        bool changed = false;
        foreach (Block block in function.Blocks)
            changed |= Run(block, replacements);
        replacements.ApplyTo(function);
        return changed;
    }

    private static bool Run(Block block, Replacements replacements)
    {
        var joined = new Dictionary<Instruction, Instruction?>();
        var loads = new List<Instruction>();
        var stores = new List<Instruction>();
        foreach (Instruction instruction in block.Instructions)
        {
            if (instruction.IsPure)
                continue;
            if (IsPlain(instruction, Opcode.Load))
            {
                JoinAll(stores, joined, replacements);
                loads.Add(instruction);
                continue;
            }
            JoinAll(loads, joined, replacements);
            bool isStore = IsPlain(instruction, Opcode.Store);
            if (!isStore || !stores.TrueForAll(s => IsBeside(s, instruction)))
                JoinAll(stores, joined, replacements);
            if (isStore)
                stores.Add(instruction);
        }
        JoinAll(loads, joined, replacements);
        JoinAll(stores, joined, replacements);
        if (joined.Count == 0)
            return false;
        List<Instruction> before = [.. block.Instructions];
        block.Instructions.Clear();
        foreach (Instruction instruction in before)
        {
            if (!joined.TryGetValue(instruction, out Instruction? whole))
                block.Instructions.Add(instruction);
            else if (whole is not null)
                block.Instructions.Add(whole);
        }
        return true;
    }

    private static bool IsPlain(Instruction instruction, Opcode opcode) =>
        instruction.Opcode == opcode && !instruction.IsVolatile && instruction.Operands.Length + instruction.Results.Length == 2;

    /// <summary>Both through one pointer, and no byte in both.</summary>
    private static bool IsBeside(Instruction a, Instruction b) =>
        ReferenceEquals(a.Operands[0], b.Operands[0])
        && (a.ByteOffset + a.MemoryType.Bytes <= b.ByteOffset || b.ByteOffset + b.MemoryType.Bytes <= a.ByteOffset);

    /// <summary>Joins what can be of accesses that may change places; empties the list.</summary>
    private static void JoinAll(List<Instruction> accesses, Dictionary<Instruction, Instruction?> joined, Replacements replacements)
    {
        if (accesses.Count > 1)
        {
            var places = new Dictionary<Instruction, int>();
            foreach (Instruction access in accesses)
                places.Add(access, places.Count);
            foreach (IGrouping<(Value, MemoryType), Instruction> group in accesses.GroupBy(a => (a.Operands[0], a.MemoryType)))
            {
                List<Instruction> sorted = [.. group.DistinctBy(a => a.ByteOffset).OrderBy(a => a.ByteOffset)];
                Instruction best = sorted.MaxBy(a => a.Alignment)!;
                for (int i = 0; i < sorted.Count;)
                {
                    int count = Fitting(sorted, i, best);
                    if (count > 1)
                        Join(sorted.GetRange(i, count), AlignmentOf(sorted[i], best), places, joined, replacements);
                    i += count;
                }
            }
        }
        accesses.Clear();
    }

    private static int Fitting(List<Instruction> sorted, int first, Instruction best)
    {
        int bytes = sorted[first].MemoryType.Bytes;
        for (int count = 4; count > 1; count /= 2)
        {
            if (first + count > sorted.Count || count * bytes > MaxBytes || AlignmentOf(sorted[first], best) < count * bytes)
                continue;
            if (sorted[first + count - 1].ByteOffset == sorted[first].ByteOffset + (count - 1) * bytes)
                return count;
        }
        return 1;
    }

    /// <summary>What the alignment of one access says about another one's, through the same pointer.</summary>
    private static int AlignmentOf(Instruction access, Instruction best)
    {
        long distance = access.ByteOffset - best.ByteOffset;
        int common = distance == 0 ? best.Alignment : (int)Math.Min(best.Alignment, distance & -distance);
        return Math.Max(access.Alignment, common);
    }

    private static void Join(List<Instruction> parts, int alignment, Dictionary<Instruction, int> places,
        Dictionary<Instruction, Instruction?> joined, Replacements replacements)
    {
        Instruction first = parts[0];
        bool isLoad = first.Opcode == Opcode.Load;
        Value[] operands = isLoad ? [first.Operands[0]] : [first.Operands[0], .. parts.Select(p => p.Operands[1])];
        IrType[] results = isLoad ? [.. parts.Select(p => p.Result.Type)] : [];
        var whole = new Instruction(first.Opcode, first.Location, operands, results)
        {
            MemoryType = first.MemoryType,
            ByteOffset = first.ByteOffset,
            Alignment = alignment,
        };
        for (int i = 0; i < parts.Count; i++)
        {
            joined.Add(parts[i], null);
            if (isLoad)
                replacements.Add(parts[i].Result, whole.Results[i]);
        }
        Instruction place = isLoad ? parts.MinBy(p => places[p])! : parts.MaxBy(p => places[p])!;
        joined[place] = whole;
    }
}
