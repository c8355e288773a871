using CogVideoX.Emulator;

namespace CogVideoX.Cli.Verbs;

/// <summary>What a kernel's printf wrote, below the line of its case.</summary>
internal static class PrintedLines
{
    private const int MostLines = 100;

    public static void WriteReport(TextWriter output, CaseReport report)
    {
        output.WriteLine(report);
        Write(output, report.Launch);
    }

    public static void Write(TextWriter output, LaunchReport launch)
    {
        foreach (string line in launch.Printed.Take(MostLines))
            output.WriteLine($"     printed: {Printable.Line(line)}");
        if (launch.Printed.Count > MostLines)
            output.WriteLine($"     {launch.Printed.Count - MostLines} more lines printed; --json has them");
        if (launch.DroppedPrints > 0)
            output.WriteLine($"     {launch.DroppedPrints} more calls of printf, whose text isn't kept: a launch has room for 1 MiB");
    }
}
