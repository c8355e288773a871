using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;

namespace CogVideoX.Cli.Verbs;

/// <summary>Runs of several cases: one that can't be run is told in a line, and the next still runs.</summary>
internal sealed class CaseRuns(Terminal terminal, bool json)
{
    private readonly List<object> answers = [];
    private int code = ExitCode.Done;

    /// <summary>Runs a case, and prints its line unless JSON is wanted.</summary>
    /// <param name="path">The case, for those who read the JSON.</param>
    /// <param name="run">Makes the answer.</param>
    /// <param name="report">The part of the answer that says whether it is right.</param>
    /// <param name="print">Its line or lines; the report's own, and what was printed, by default.</param>
    public void Add<T>(string path, Func<T> run, Func<T, CaseReport> report, Action<T>? print = null)
        where T : class
    {
        try
        {
            T answer = run();
            Count(report(answer));
            if (json)
                answers.Add(answer);
            else if (print is null)
                PrintedLines.WriteReport(terminal.Output, report(answer));
            else
                print(answer);
        }
        catch (CaseException unfit)
        {
            terminal.Say($"cogvideox: {unfit.Message}");
            answers.Add(new { Case = path, Error = unfit.Message });
            code = ExitCode.WrongUsage;
        }
        catch (Exception problem) when (KernelProblems.Are(problem))
        {
            terminal.Say($"cogvideox: {Path.GetFileNameWithoutExtension(path)}: {problem.Message}");
            answers.Add(new { Case = path, Error = problem.Message });
            code = Math.Max(code, ExitCode.Failed);
        }
    }

    /// <summary>Prints the JSON, if it is wanted. The exit code: a case that couldn't be run counts more than one that is wrong.</summary>
    public int Finish()
    {
        if (json)
            terminal.WriteJson(answers);
        return code;
    }

    private void Count(CaseReport report)
    {
        if (report.Passed)
            return;
        code = Math.Max(code, ExitCode.Failed);
        if (report.Launch.Fault?.Kind == FaultKind.EndlessLoop)
            terminal.Say(InstructionLimits.Hint);
    }
}
