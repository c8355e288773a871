using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator;

/// <summary>Turns raw counts into a report.</summary>
internal static class CounterSummary
{
    public static LaunchCounters Of(Launch launch)
    {
        Counters raw = launch.Counters;
        var byClass = new SortedDictionary<InstructionClass, long>();
        var lines = new List<LineCounters>();
        var executedLines = new HashSet<int>();
        long loads = 0;
        foreach (Instruction instruction in launch.Code.Instructions)
        {
            long executed = raw.Executions[instruction.Index];
            long conflicts = raw.Conflicts[instruction.Index], sectors = raw.Sectors[instruction.Index];
            if (executed == 0)
                continue;
            executedLines.Add(instruction.Line);
            InstructionClass kind = InstructionClasses.Of(instruction);
            byClass[kind] = byClass.GetValueOrDefault(kind) + executed;
            if (instruction.Syntax.Opcode == "ldmatrix")
                loads += executed;
            if (conflicts > 0 || sectors > 0)
                lines.Add(new LineCounters(instruction.Line, instruction.Syntax.ToString(), executed, conflicts, sectors));
        }
        (long loopInstructions, long loopMultiplies) = MainLoop.CountsOf(launch.Code.Instructions, raw.Executions);
        return new LaunchCounters(raw.Executions.Sum(), raw.ThreadExecutions.Sum(), byClass, lines,
            raw.GlobalBytes, raw.SharedBytes, raw.LocalBytes, raw.AsyncBytes, raw.MatrixMultiplies, loads, raw.BarrierWaits)
        { ExecutedLines = executedLines, MainLoopInstructions = loopInstructions, MainLoopMultiplies = loopMultiplies };
    }
}
