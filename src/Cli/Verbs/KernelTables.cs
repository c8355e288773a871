using System.Globalization;
using CogVideoX.Emulator;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Cli.Verbs;

/// <summary>What the emulator counted, for people.</summary>
internal static class KernelTables
{
    /// <summary>
    /// One kernel: instructions by class, memory, the lines that cost most; the case's own PTX beside it, if it has some.
    /// </summary>
    public static void WriteProfile(TextWriter output, KernelVerdict verdict)
    {
        LaunchCounters ours = verdict.Report.Launch.Counters;
        LaunchCounters? theirs = verdict.Reference?.Launch.Counters;
        output.WriteLine(verdict.Report);
        if (theirs is not null)
            output.WriteLine(Line("", "ours", "its PTX"));
        Row("warp instructions", c => c.WarpInstructions);
        Row("thread instructions", c => c.ThreadInstructions);
        foreach (InstructionClass kind in ours.ByClass.Keys.Union(theirs?.ByClass.Keys ?? []).Order())
            Row($"  {kind.ToString().ToLowerInvariant()}", c => c.ByClass.GetValueOrDefault(kind));
        Row("global bytes", c => c.GlobalBytes);
        Row("shared bytes", c => c.SharedBytes);
        Row("asynchronously copied bytes", c => c.AsyncBytes);
        Row("bank conflicts", c => c.BankConflicts);
        Row("barrier waits", c => c.BarrierWaits);
        Row("mma", c => c.MatrixMultiplies);
        output.WriteLine(Line("mma per ldmatrix", Number(ours.MultipliesPerLoad), Number(theirs?.MultipliesPerLoad)));
        output.WriteLine(
            Line("main loop: instructions per mma", Number(ours.InstructionsPerMultiply), Number(theirs?.InstructionsPerMultiply)));
        output.WriteLine();
        output.WriteLine("line   executions  conflicts  sectors/request  our PTX");
        foreach (LineCounters line in ours.Lines)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{line.Line,5} {line.Executions,11:N0} {line.BankConflicts,10:N0} {line.SectorsPerRequest,16:F1}  {line.Text}"));
        }

        void Row(string name, Func<LaunchCounters, long> count) =>
            output.WriteLine(Line(name, Count(count(ours)), theirs is null ? "" : Count(count(theirs))));
    }

    /// <summary>A row a kernel; in brackets what the PTX does that its case came with.</summary>
    public static void WriteComparison(TextWriter output, IReadOnlyList<KernelVerdict> verdicts)
    {
        output.WriteLine("kernel                   verdict  compile ms  run ms  instructions           bank conflicts         per mma");
        foreach (KernelVerdict verdict in verdicts)
        {
            LaunchCounters ours = verdict.Report.Launch.Counters;
            LaunchCounters? theirs = verdict.Reference?.Launch.Counters;
            string perMultiply = ours.MainLoopInstructions == 0
                ? "" : Beside(Number(ours.InstructionsPerMultiply), Number(theirs?.InstructionsPerMultiply));
            string instructions = Beside(Count(ours.WarpInstructions), Count(theirs?.WarpInstructions));
            string conflicts = Beside(Count(ours.BankConflicts), Count(theirs?.BankConflicts));
            string word = verdict.Report.Passed ? "right" : "WRONG";
            double compile = verdict.CompileTime.TotalMilliseconds, run = verdict.Report.Time.TotalMilliseconds;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{verdict.Kernel,-24} {word,-8} {compile,9:F1} {run,7:F1}  {instructions,-22} {conflicts,-22} {perMultiply}"));
        }
    }

    /// <summary>A line with the verdict, then a row a mutant and the share that was caught.</summary>
    public static void WriteAnswer(TextWriter output, KernelAnswer answer)
    {
        output.WriteLine(answer.Report.ToString() + (answer.FaultSource is { } place ? $" in {place}" : ""));
        PrintedLines.Write(output, answer.Report.Launch);
        if (answer.Mutations is not { } results)
            return;
        foreach (MutationResult result in results)
            output.WriteLine($"     {result}");
        output.WriteLine($"     {results.Count(r => r.Caught)} of {results.Count} mutants caught");
    }

    private static string Line(string name, string ours, string theirs) => $"{name,-34} {ours,14} {theirs,14}".TrimEnd();

    private static string Beside(string ours, string theirs) => theirs.Length == 0 ? ours : $"{ours} ({theirs})";

    private static string Count(long? value) => value?.ToString("N0", CultureInfo.InvariantCulture) ?? "";

    private static string Number(double? value) => value?.ToString("F2", CultureInfo.InvariantCulture) ?? "";
}
