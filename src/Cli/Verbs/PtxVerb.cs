using System.CommandLine;
using System.Text.Json;
using CogVideoX.Emulator;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>ptx run</c>: launches of PTX in the emulator, which checks them.</summary>
internal static class PtxVerb
{
    public static Command Create(Terminal terminal)
    {
        var cases = new Argument<string[]>("case") { Description = "Launches in the format of ptx-cases", Arity = ArgumentArity.OneOrMore };
        Option<bool> json = CommonOptions.Json();
        var run = new Command("run", "Run launches in the emulator: one line a case; 0 when every case is as its file says, a planted fault included") { cases, json };
        run.SetAction(parsed => Run(terminal, parsed.GetRequiredValue(cases), parsed.GetValue(json)));
        return new Command("ptx", "PTX without a GPU") { run };
    }

    private static int Run(Terminal terminal, string[] cases, bool json)
    {
        bool passed = true;
        foreach (string path in cases)
        {
            CaseReport report = PtxCase.Run(path);
            passed &= report.Passed;
            terminal.Output.WriteLine(json ? JsonSerializer.Serialize(report, JsonStyle.Options) : report.ToString());
        }
        return passed ? ExitCode.Done : ExitCode.Failed;
    }
}
