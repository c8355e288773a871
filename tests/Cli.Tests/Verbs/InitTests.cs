using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>init</c>.</summary>
public sealed class InitTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task TinyModelMakesAVideo()
    {
        CliRun run = await CliRun.Done("init", "--preset", "tiny", "-o", folder.File("model"), "--seed", "3", "--layers", "1");
        Assert.Equal([folder.File("model")], run.Lines);
        await CliRun.Done("generate", "a red circle", "--model", folder.File("model"), "--steps", "2", "-o", folder.File("clip.png"));
        Assert.Equal(["clip.png", "model"], folder.Names);
    }

    [Fact]
    public async Task WhatCantBeMadeIsRefused()
    {
        File.WriteAllText(folder.File("taken"), "");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["init", "--preset", "3b", "-o", folder.File("model")], "--preset: ",
            "1.5-5b, 1.5-5b-i2v, 2b, 5b, 5b-i2v, tiny");
        await CliRun.Fails(ExitCode.WrongUsage, ["init", "--preset", "tiny", "-o", folder.File("taken")], "--output: ", "exists already");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["init", "--preset", "tiny", "-o", folder.File("no/parent")], "--output: ", "doesn't exist");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["init", "--preset", "tiny", "-o", folder.File("model"), "--layers", "9"], "--layers: ", "from 1 to 2");
        await CliRun.Fails(ExitCode.WrongUsage, ["init", "--preset", "tiny"], "--output: it is needed");
        await CliRun.Fails(ExitCode.WrongUsage, ["init", "-o", folder.File("model")], "--preset: it is needed");
        Assert.Equal(["taken"], folder.Names);
    }

    [Fact]
    public async Task InterruptedOneLeavesNothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        CliRun run = await CliRun.Until(source.Token, "init", "--preset", "tiny", "-o", folder.File("model"));
        Assert.Equal((ExitCode.Interrupted, "cogvideox: Cancelled.\n"), (run.Code, run.Error));
        Assert.Empty(folder.Names);
    }
}
