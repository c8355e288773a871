using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using CogVideoX.Cli.Verbs;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Cli;

/// <summary>The program: parses, runs a verb, and turns what goes wrong into a line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>A run within another program.</summary>
    /// <param name="args">As the shell gave them.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where messages and progress go.</param>
    /// <param name="cancellation">Stops as Ctrl-C does.</param>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellation = default) =>
        RunAsync(args, new Terminal(output, error), run => run(cancellation));

    /// <summary>A run of the process.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, Interruption interruption) =>
        RunAsync(args, terminal, interruption.RunAsync);

    /// <summary>Everything that there is to say on a command line.</summary>
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("CogVideoX for .NET: a prompt goes in, a video comes out, in C# alone.")
        {
            GenerateVerb.Create(terminal),
            EncodeVerb.Create(terminal),
            DecodeVerb.Create(terminal),
            TokenizeVerb.Create(terminal),
            InspectVerb.Create(terminal),
            InfoVerb.Create(terminal),
            ModelsVerb.Create(terminal),
            InitVerb.Create(terminal),
            ConvertVerb.Create(terminal),
            BenchVerb.Create(terminal),
            DoctorVerb.Create(terminal),
            PtxVerb.Create(terminal),
            KernelsVerb.Create(terminal),
        };
        VersionOf(root).Recursive = true; // or `generate --version` would make a video of the prompt "--version"
        HelpText.AddTo(root.Options.OfType<HelpOption>().Single());
        return root;
    }

    private static VersionOption VersionOf(RootCommand root) => root.Options.OfType<VersionOption>().Single();

    private static Task<int> RunAsync(
        IReadOnlyList<string> args, Terminal terminal, Func<Func<CancellationToken, Task<int>>, Task<int>> runStoppable) =>
        Failures.GuardAsync(terminal, () =>
        {
            RootCommand root = Create(terminal);
            var configuration = new ParserConfiguration { ResponseFileTokenReplacer = null }; // a prompt may begin with @
            ParseResult parsed = root.Parse(args, configuration);
            if (parsed.GetResult(VersionOf(root)) is not null) // before errors: the parser's own action wants no option to be missing
                return Task.FromResult(WriteVersion(terminal));
            if (UsageErrors.Describe(parsed) is { } problem)
            {
                terminal.Say($"cogvideox: {problem}");
                return Task.FromResult(ExitCode.WrongUsage);
            }
            if (parsed.Action == parsed.CommandResult.Command.Action) // help is given in any environment
                CheckEnvironment();
            return parsed.Action is AsynchronousCommandLineAction // which watches a token
                ? runStoppable(token => InvokeAsync(parsed, terminal, token))
                : InvokeAsync(parsed, terminal, default);
        });

    private static Task<int> InvokeAsync(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = TextWriter.Null,          // messages are ours
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // signals are ours: the library's own handling throws at the second
        };
        return parsed.InvokeAsync(configuration, cancellation);
    }

    private static void CheckEnvironment()
    {
        if (Environment.GetEnvironmentVariable(CpuFeatures.Variable) is not { Length: > 0 } level)
            return;
        try
        {
            _ = default(CpuFeatures).AtMost(level);
        }
        catch (InvalidOperationException exception)
        {
            throw new UsageException("the environment", $"{exception.Message} Choose one of them, or leave the variable out.", exception);
        }
    }

    private static int WriteVersion(Terminal terminal)
    {
        var version = typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
        terminal.Output.WriteLine(version?.InformationalVersion);
        return ExitCode.Done;
    }
}
