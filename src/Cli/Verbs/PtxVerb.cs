using System.CommandLine;
using CogVideoX.Emulator;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>ptx run</c>: launches of PTX in the emulator, which checks them.</summary>
internal static class PtxVerb
{
    public static Command Create(Terminal terminal)
    {
        var cases = new Argument<string[]>("case") { Description = "Launches in the format of ptx-cases", Arity = ArgumentArity.OneOrMore };
        var limits = new InstructionLimits();
        var acceptPlainLoads = new Option<bool>("--accept-plain-loads")
        {
            Description = "A plain load beside an atomic on one place begins a compare-and-swap loop, and is no race",
        };
        Option<bool> json = CommonOptions.Json();
        var run = new Command(
            "run", "Run launches in the emulator: one line a case; 0 when every case is as its file says, a planted fault included")
        {
            cases, limits.Thread, limits.Launch, acceptPlainLoads, json,
        };
        run.SetAction((parsed, cancellation) =>
        {
            bool accepts = parsed.GetValue(acceptPlainLoads);
            LaunchOptions options = limits.Read(parsed, cancellation) with { AcceptPlainReadsOfAtomics = accepts };
            return Task.FromResult(Run(terminal, parsed.GetRequiredValue(cases), options, parsed.GetValue(json)));
        });
        return new Command("ptx", "PTX without a GPU") { run };
    }

    private static int Run(Terminal terminal, string[] cases, LaunchOptions options, bool json)
    {
        var runs = new CaseRuns(terminal, json);
        foreach (string path in cases)
            runs.Add(path, () => PtxCase.Run(path, options), report => report);
        return runs.Finish();
    }
}
