using System.CommandLine;
using CogVideoX.Emulator;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>ptx run</c>: launches of PTX in the emulator, which checks them. <c>ptx check</c>: whether ptxas would take it.</summary>
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
        return new Command("ptx", "PTX without a GPU") { run, Check(terminal) };
    }

    private static Command Check(Terminal terminal)
    {
        Argument<string[]> files = CommonOptions.PathArgument<string[]>("file");
        files.Description = "Modules of PTX";
        files.Arity = ArgumentArity.ZeroOrMore;
        Option<string?> table = CommonOptions.PathOption<string?>("--table");
        table.Description = "Judge the rows of a table instead: a JSON object a line with id, target, version, wrap and text";
        table.HelpName = "FILE.jsonl";
        Option<bool> json = CommonOptions.Json();
        var check = new Command(
            "check", "Say what NVIDIA's assembler, ptxas 13, would: one line a file; 0 when all of them are accepted")
        {
            files, table, json,
        };
        check.SetAction((parsed, cancellation) =>
        {
            string[] paths = parsed.GetValue(files) ?? [];
            var checks = new PtxChecks(terminal, parsed.GetValue(json));
            if (parsed.GetValue(table) is not { } rows)
            {
                return Task.FromResult(paths.Length > 0 ? checks.Files(paths, cancellation)
                    : throw new UsageException("file", "name a module of PTX, or a table with --table FILE.jsonl"));
            }
            return Task.FromResult(paths.Length == 0 ? checks.Table(rows, cancellation)
                : throw new UsageException("--table", "a table is judged alone, without other files"));
        });
        return check;
    }

    private static int Run(Terminal terminal, string[] cases, LaunchOptions options, bool json)
    {
        var runs = new CaseRuns(terminal, json);
        foreach (string path in cases)
            runs.Add(path, () => PtxCase.Run(path, options), report => report);
        return runs.Finish();
    }
}
