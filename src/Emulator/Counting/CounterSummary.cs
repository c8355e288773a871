using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator;

/// <summary>Turns raw counts into a report.</summary>
internal static class CounterSummary
{
    private static readonly Dictionary<InstructionClass, long> NoClasses = [];
    private static readonly HashSet<int> NoLines = [];

    /// <summary>Of a launch that did nothing.</summary>
    public static readonly LaunchCounters None = Short(0, 0, 0, 0, 0);

    public static LaunchCounters Of(Launch launch)
    {
        Counters raw = launch.Counters;
        if (!launch.CountsDetails)
        {
            return Short(
                raw.Executions.Sum(), raw.ThreadExecutions.Sum(), raw.BulkBytes + raw.SmallCopyBytes, raw.MatrixMultiplies,
                raw.BarrierWaits);
        }
        var byClass = new SortedDictionary<InstructionClass, long>();
        var lines = new List<LineCounters>();
        var executedLines = new HashSet<int>();
        long loads = 0, tensorWork = 0, groupTensorWork = 0, specials = 0, renames = 0;
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
            tensorWork += executed * instruction.TensorWork;
            groupTensorWork += instruction.Syntax.Opcode == "wgmma" ? executed * instruction.TensorWork : 0;
            specials += InstructionClasses.IsSpecialFunction(instruction) ? executed : 0;
            renames += instruction.Syntax.Opcode == "mov" ? executed : 0;
            if (conflicts > 0 || sectors > 0)
                lines.Add(new LineCounters(instruction.Line, instruction.Syntax.ToString(), executed, conflicts, sectors));
        }
        (long loopInstructions, long loopMultiplies) = MainLoop.CountsOf(launch.Code.Instructions, raw.Executions);
        return new LaunchCounters(
            raw.Executions.Sum(), raw.ThreadExecutions.Sum(), byClass, lines, raw.GlobalBytes, raw.SharedBytes, raw.LocalBytes,
            raw.BulkBytes + raw.SmallCopyBytes, raw.MatrixMultiplies, loads, raw.BarrierWaits)
        {
            BulkBytes = raw.BulkBytes,
            TensorWork = tensorWork,
            GroupTensorWork = groupTensorWork,
            SpecialFunctions = specials,
            Renames = renames,
            ExecutedLines = executedLines,
            MainLoopInstructions = loopInstructions,
            MainLoopMultiplies = loopMultiplies,
        };
    }

    private static LaunchCounters Short(long warp, long thread, long asyncBytes, long multiplies, long waits) =>
        new(warp, thread, NoClasses, [], 0, 0, 0, asyncBytes, multiplies, 0, waits) { ExecutedLines = NoLines };
}
