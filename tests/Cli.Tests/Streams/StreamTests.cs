using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Streams;

/// <summary>Standard streams that are closed or full: messages may be lost, results may not.</summary>
public sealed class StreamTests : IDisposable
{
    private const string Generate = "\"$@\" generate 'a cat' --model \"$MODEL\" --steps 1 -o clip.png";

    private readonly TemporaryFolder folder = new();

    public StreamTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a POSIX shell");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("<&- 2>&-")]
    public async Task RunGoesOnWithoutItsMessages(string streams)
    {
        NeedsFullDevice(streams);
        CliRun run = await Shell($"{Generate} {streams}");
        Assert.Equal((ExitCode.Done, "clip.png", ""), (run.Code, Path.GetFileName(run.Output.Trim()), run.Error));
        Assert.Equal(["clip.png"], folder.Names);
    }

    [Theory]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    public async Task WrongUsageStillHasItsCode(string streams)
    {
        NeedsFullDevice(streams);
        Assert.Equal((ExitCode.WrongUsage, ""), Pair(await Shell($"\"$@\" generate --stepz {streams}")));
    }

    [Theory]
    [InlineData("tokenize a", ">/dev/full", "the disk is full. This was lost: [6, 1]")]
    [InlineData("tokenize a", ">&-", "it is closed. This was lost: [6, 1]")]
    [InlineData("--version", ">/dev/full", "the disk is full. This was lost: 0.")]
    [InlineData("doctor --help", ">/dev/full", "the disk is full.")]
    public async Task ResultThatCantBeWrittenIsAnError(string args, string streams, string says)
    {
        NeedsFullDevice(streams);
        CliRun run = await Shell($"\"$@\" {args} {streams}");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.StartsWith($"cogvideox: standard output can't be written to: {says}", run.Error);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task VideoWhosePathCantBeToldIsThereAllTheSame()
    {
        CliRun run = await Shell($"{Generate} >&-");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("This was lost: ", run.Error);
        Assert.Equal(["clip.png"], folder.Names);
    }

    [Fact]
    public async Task ReaderThatHasSeenEnoughIsNoError()
    {
        string samples = Path.Combine(AppContext.BaseDirectory, "CogVideoX.Samples.Kernels.dll");
        CliRun run = await Shell(
            $"{{ \"$@\" kernels list --assembly '{samples}'; echo \"code $?\" >&2; }} | {{ read line; echo \"$line\"; }}");
        Assert.Equal("code 0\n", run.Error);
        Assert.Single(run.Lines);
    }

    [Theory]
    [InlineData("<&-", ExitCode.Done, "")]
    [InlineData("</dev/null", ExitCode.Done, "")]
    [InlineData("<.", ExitCode.WrongUsage, "prompt: standard input can't be read: ")]
    public async Task StandardInputThatHoldsNothingIsNoPrompt(string streams, int code, string says)
    {
        CliRun run = await Shell($"\"$@\" tokenize {streams}");
        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.Contains(says, run.Error);
    }

    private Task<CliRun> Shell(string line) => ProgramRun.OfShell(folder.Path, $"MODEL={Cli.Shell.Quote(CliRun.Tiny)}; {line}");

    private static (int Code, string Error) Pair(CliRun run) => (run.Code, run.Error);

    private static void NeedsFullDevice(string streams) =>
        Assert.SkipWhen(streams.Contains("/dev/full", StringComparison.Ordinal) && !File.Exists("/dev/full"), "needs /dev/full");
}
