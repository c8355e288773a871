using System.CommandLine;
using System.Text.Json;
using CogVideoX.Pipelines.Reports;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>doctor</c>: what is here, and what each absence costs.</summary>
internal static class DoctorVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        var command = new Command(
            "doctor", "Tell what this machine has: CPU features, memory, ffmpeg, GPU and driver, ptxas; and what each absence costs")
        {
            json,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<SystemFinding> findings = [.. SystemReport.Read(), .. DeviceOptions.Findings()];
            if (parsed.GetValue(json))
                terminal.Output.WriteLine(JsonSerializer.Serialize(findings, JsonStyle.Options));
            else
                Print(terminal, findings);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(Terminal terminal, IReadOnlyList<SystemFinding> findings)
    {
        foreach (SystemFinding finding in findings)
        {
            terminal.Output.WriteLine($"{(finding.IsGood ? "ok     " : "missing")}  {finding.Name,-8} {finding.Found}");
            if (finding.Cost is not null)
                terminal.Output.WriteLine($"{"",18}{finding.Cost}");
        }
    }
}
