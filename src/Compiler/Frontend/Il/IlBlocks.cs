using System.Reflection.Metadata;

namespace CogVideoX.Compiler.Frontend.Il;

/// <summary>Cuts a method's instructions into blocks and orders them.</summary>
internal static class IlBlocks
{
    /// <summary>Blocks by the offset they begin at; those that can't be reached have no order.</summary>
    public static SortedDictionary<int, IlBlock> Of(IlInstruction[] instructions)
    {
        var starts = new SortedSet<int> { 0 };
        foreach (IlInstruction instruction in instructions)
        {
            foreach (int target in Targets(instruction))
                starts.Add(target);
            if (Ends(instruction.OpCode))
                starts.Add(instruction.End);
        }
        var blocks = new SortedDictionary<int, IlBlock>();
        int first = 0;
        for (int i = 0; i < instructions.Length; i++)
        {
            if (i + 1 < instructions.Length && !starts.Contains(instructions[i].End))
                continue;
            blocks.Add(instructions[first].Offset, new IlBlock(first, i + 1));
            first = i + 1;
        }
        Number(instructions, blocks);
        return blocks;
    }

    /// <summary>Where control can go after an instruction.</summary>
    public static IEnumerable<int> Successors(IlInstruction instruction)
    {
        bool isFinal = instruction.OpCode is ILOpCode.Br or ILOpCode.Br_s or ILOpCode.Leave or ILOpCode.Leave_s or ILOpCode.Ret
            or ILOpCode.Throw
            or ILOpCode.Rethrow or ILOpCode.Endfinally or ILOpCode.Endfilter or ILOpCode.Jmp;
        return isFinal ? Targets(instruction) : Targets(instruction).Prepend(instruction.End);
    }

    private static IEnumerable<int> Targets(IlInstruction instruction) =>
        instruction.Targets ?? (instruction.OpCode.IsBranch() ? [(int)instruction.Operand] : []);

    private static bool Ends(ILOpCode code) =>
        code.IsBranch()
            || code is ILOpCode.Switch or ILOpCode.Ret or ILOpCode.Throw or ILOpCode.Rethrow or ILOpCode.Endfinally or ILOpCode.Jmp;

    private static void Number(IlInstruction[] instructions, SortedDictionary<int, IlBlock> blocks)
    {
        var finished = new List<IlBlock>();
        var seen = new HashSet<IlBlock> { blocks[0] };
        var open = new Stack<(IlBlock Block, IEnumerator<int> Successors)>();
        open.Push((blocks[0], Successors(instructions[blocks[0].End - 1]).GetEnumerator()));
        while (open.TryPeek(out var top))
        {
            if (!top.Successors.MoveNext())
            {
                finished.Add(open.Pop().Block);
                continue;
            }
            IlBlock next = blocks[top.Successors.Current];
            if (seen.Add(next))
                open.Push((next, Successors(instructions[next.End - 1]).GetEnumerator()));
        }
        for (int i = 0; i < finished.Count; i++)
            finished[i].Order = finished.Count - 1 - i;
        foreach (IlBlock block in finished)
        {
            foreach (int next in Successors(instructions[block.End - 1]))
            {
                if (blocks[next].Order <= block.Order)
                    blocks[next].IsLoop = true;
            }
        }
    }
}
