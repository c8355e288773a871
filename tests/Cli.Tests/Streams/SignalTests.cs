using System.Runtime.InteropServices;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Streams;

/// <summary>Ctrl-C, once and more than once, a terminal that closes, and a system that shuts down.</summary>
public sealed class SignalTests : IDisposable
{
    private const string Stopping = "cogvideox: stopping… (once more ends it at once)";

    private readonly TemporaryFolder folder = new();

    public SignalTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)]
    [InlineData(PosixSignal.SIGHUP, PosixSignal.SIGHUP)] // a terminal that closes: one from the kernel, one from the shell
    public async Task FirstIsAnsweredAtOnceAndTheRunStops(params PosixSignal[] signals)
    {
        CliRun run = await Interrupt(["--steps", "1000"], signals);
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal([Stopping], lines.Where(line => line.Contains("stopping", StringComparison.Ordinal)));
        Assert.StartsWith("cogvideox: Cancelled", lines[^1]);
        AssertLatentsAreWholeOrAbsent();
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGINT, PosixSignal.SIGINT, PosixSignal.SIGINT, PosixSignal.SIGINT, PosixSignal.SIGINT, PosixSignal.SIGINT)]
    public async Task SecondEndsTheProgramWithoutATrace(params PosixSignal[] signals)
    {
        CliRun run = await Interrupt(["--steps", "1000"], signals);
        Assert.Contains(Stopping, run.Error);
        Assert.DoesNotContain("   at ", run.Error);
        AssertLatentsAreWholeOrAbsent();
    }

    [Fact]
    public async Task VerbThatHasNothingToSaveEndsWithTheFirst()
    {
        using ProgramRun program = ProgramRun.StartForSignals(folder.Path, "tokenize"); // waits for standard input
        await program.WriteAsync("a red circle\n"u8.ToArray());
        await program.FirstResultAsync();
        program.Send(PosixSignal.SIGINT);
        CliRun run = await program.EndAsync();
        Assert.Equal((ExitCode.Interrupted, "cogvideox: Cancelled.\n"), (run.Code, run.Error));
    }

    private async Task<CliRun> Interrupt(string[] options, PosixSignal[] signals)
    {
        string[] args = ["generate", "a cat", "-o", "clip.png", "--save-latents", "latents.safetensors", .. options];
        using ProgramRun program = ProgramRun.StartForSignals(folder.Path, args);
        await program.FirstMessageAsync(); // what will be made: from here on it runs
        foreach (PosixSignal signal in signals)
            program.Send(signal);
        CliRun run = await program.EndAsync();
        Assert.Equal((ExitCode.Interrupted, ""), (run.Code, run.Output));
        return run;
    }

    private void AssertLatentsAreWholeOrAbsent()
    {
        string[] left = folder.Names;
        Assert.All(left, name => Assert.Equal("latents.safetensors", name));
        if (left.Length > 0)
            Tensors.Safetensors.SafetensorsFile.Open(folder.File("latents.safetensors")).Dispose();
    }
}
