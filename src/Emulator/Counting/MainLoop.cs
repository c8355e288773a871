using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator;

/// <summary>The loop that a matrix kernel lives in.</summary>
internal static class MainLoop
{
    /// <summary>
    /// Warp instructions that ran inside of the innermost loop that holds every matrix multiplication; 0 without one. A loop is the text from a
    /// label to the last branch back to it.
    /// </summary>
    public static long InstructionsOf(List<Instruction> code, long[] executions)
    {
        int first = code.FindIndex(IsMultiply), last = code.FindLastIndex(IsMultiply);
        if (first < 0) return 0;
        (int From, int To)? loop = null;
        for (int at = last; at < code.Count; at++)
        {
            if (code[at] is not Branch { Target: var target } || target > first) continue;
            if (loop is null || target > loop.Value.From) loop = (target, at);
            else if (target == loop.Value.From) loop = (target, at);
        }
        return loop is { } found ? executions.AsSpan(found.From..(found.To + 1)).ToArray().Sum() : 0;
    }

    private static bool IsMultiply(Instruction instruction) =>
        instruction.Syntax.Opcode == "mma" || (instruction.Syntax.Opcode == "wgmma" && instruction.Syntax.Suffixes.Contains("mma_async"));
}
