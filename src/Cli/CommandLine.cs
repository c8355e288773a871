using System.CommandLine;
using System.Reflection;
using CogVideoX.Cli.Verbs;

namespace CogVideoX.Cli;

/// <summary>The program: parses, runs a verb, and turns what goes wrong into a line and an exit code.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromMinutes(1); // Ctrl-C: the step ends, latents are saved

    /// <param name="args">As the shell gave them.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where messages and progress go.</param>
    /// <param name="cancellation">Stops as Ctrl-C does.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var console = new Terminal(output, error);
        var root = new RootCommand("CogVideoX for .NET: a prompt goes in, a video comes out, in C# alone.");
        root.Add(GenerateVerb.Create(console));
        root.Add(DecodeVerb.Create(console));
        root.Add(TokenizeVerb.Create(console));
        root.Add(InspectVerb.Create(console));
        root.Add(InitVerb.Create(console));
        root.Add(BenchVerb.Create(console));
        root.Add(DoctorVerb.Create(console));
        root.Add(PtxVerb.Create(console));
        root.Add(KernelsVerb.Create(console));
        VersionOption version = root.Options.OfType<VersionOption>().Single();
        version.Recursive = true; // or `generate --version` would make a video of the prompt "--version"
        ParseResult parsed = root.Parse(args);
        if (parsed.GetResult(version) is not null) // before errors: the parser's own action wants no option to be missing
        {
            output.WriteLine(typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
            return ExitCode.Done;
        }
        if (UsageErrors.Describe(parsed) is { } problem)
        {
            error.WriteLine($"cogvideox: {problem}");
            return ExitCode.WrongUsage;
        }
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeToStop,
        };
        return await Failures.GuardAsync(console, () => parsed.InvokeAsync(configuration, cancellation));
    }
}
