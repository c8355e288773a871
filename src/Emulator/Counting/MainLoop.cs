using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator;

/// <summary>The loops that a matrix kernel spends its time in.</summary>
internal static class MainLoop
{
    /// <summary>
    /// Warp instructions, and matrix multiplications among them, that ran inside of the innermost loops around a multiplication. A loop is
    /// the text from a label to the last branch back to it; an unrolled loop and the one for what is left over count together.
    /// </summary>
    public static (long Instructions, long Multiplies) CountsOf(List<Instruction> code, long[] executions)
    {
        var inside = new bool[code.Count];
        for (int at = 0; at < code.Count; at++)
        {
            if (IsMultiply(code[at]) && !inside[at] && Innermost(code, at) is var (first, last))
                Array.Fill(inside, true, first, last - first + 1);
        }
        long instructions = 0, multiplies = 0;
        for (int at = 0; at < code.Count; at++)
        {
            if (!inside[at])
                continue;
            instructions += executions[at];
            if (IsMultiply(code[at]))
                multiplies += executions[at];
        }
        return (instructions, multiplies);
    }

    /// <summary>The shortest loop that an instruction lies in, if it lies in one.</summary>
    public static (int First, int Last)? Innermost(List<Instruction> code, int inner)
    {
        (int First, int Last)? loop = null;
        for (int at = inner; at < code.Count; at++)
        {
            if (code[at] is Branch { Target: var target } && target <= inner && (loop is null || target >= loop.Value.First))
                loop = (target, at);
        }
        return loop;
    }

    private static bool IsMultiply(Instruction instruction) =>
        instruction.Syntax.Opcode == "mma" || (instruction.Syntax.Opcode == "wgmma" && instruction.Syntax.Suffixes.Contains("mma_async"));
}
