using System.CommandLine;
using System.Globalization;
using CogVideoX.Emulator;

namespace CogVideoX.Cli.Verbs;

/// <summary>Options that end a launch which spins for ever.</summary>
internal sealed class InstructionLimits
{
    private const string ThreadName = "--max-thread-instructions", LaunchName = "--max-launch-instructions";

    private static readonly LaunchOptions Default = new();

    public const string Hint = $"cogvideox: a kernel that is meant to run so long gets more by {ThreadName} and {LaunchName}.";

    public Option<ulong?> Thread { get; } =
        Make(ThreadName, "Instructions after which a thread counts as spinning for ever", Default.MaxThreadInstructions);

    public Option<ulong?> Launch { get; } =
        Make(LaunchName, "Warp instructions after which a launch counts as endless", Default.MaxLaunchInstructions);

    /// <exception cref="UsageException">A limit of nothing, or one that can't be counted to.</exception>
    public LaunchOptions Read(ParseResult parsed, CancellationToken cancellation) => Default with
    {
        MaxThreadInstructions = Check(ThreadName, parsed.GetValue(Thread)) ?? Default.MaxThreadInstructions,
        MaxLaunchInstructions = Check(LaunchName, parsed.GetValue(Launch)) ?? Default.MaxLaunchInstructions,
        Cancellation = cancellation,
    };

    private static Option<ulong?> Make(string name, string description, long value) => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} (default: {value})"),
        HelpName = "N",
    };

    private static long? Check(string name, ulong? limit) => limit is 0 or > long.MaxValue
        ? throw new UsageException(name, $"{limit} instructions can't be; choose from 1 to {long.MaxValue}.")
        : (long?)limit;
}
