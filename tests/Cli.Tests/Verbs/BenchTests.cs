using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>bench</c>.</summary>
public sealed class BenchTests
{
    [Theory]
    [InlineData("--steps", "3")]
    [InlineData("--model", "somewhere")]
    [InlineData("--compute", "bf16")]
    public Task TuningRunsNothing(params string[] option) => CliRun.Fails(
        ExitCode.WrongUsage, ["bench", "--tune", .. option], "--tune: it times tiles and runs nothing", $"leave {option[0]} out");

    [Fact]
    public async Task TableNamesStagesOperationsAndThePeak()
    {
        CliRun run = await CliRun.Done("bench", "--model", CliRun.Tiny, "--device", "cpu", "--steps", "2", "--threads", "1");
        Assert.StartsWith($"{CliRun.Tiny}: 9 frames of 96×64 at 8 a second, 2 steps of ddim", run.Output);
        Assert.All(["encode", "sample", "decode", "whole run", "  linear", "  causal_conv3d", "  between operations"], row =>
            Assert.Contains(run.Lines, line => line.StartsWith(row, StringComparison.Ordinal)));
        Assert.Matches(@"(?m)^cpu \(1 thread\): peak \d+ GFLOP/s, .*; peak memory of the process [0-9.]+ [MG]B", run.Output);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task JsonHoldsTheSame()
    {
        CliRun run = await CliRun.Done("bench", "--model", CliRun.Tiny, "--width", "64", "--steps", "1", "--guidance-scale", "1", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = document.RootElement;
        Assert.Equal(64, root.GetProperty("settings").GetProperty("width").GetInt32());
        Assert.True(root.GetProperty("peak_gigaflops").GetDouble() > 0);
        JsonElement[] stages = [.. root.GetProperty("stages").EnumerateArray()];
        Assert.Equal(["encode", "sample", "decode"], stages.Select(stage => stage.GetProperty("stage").GetString()));
        Assert.All(stages, stage => Assert.True(stage.GetProperty("speed").GetProperty("share_of_peak").GetDouble() > 0));
        Assert.Contains(
            "attention",
            stages[1].GetProperty("operations").EnumerateArray().Select(operation => operation.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task WhatTheCpuMultipliesIsTold()
    {
        Assert.SkipUnless(EachDevice.HasCpuBf16, "This processor has no products of bf16.");
        string[] bench =
            ["bench", "--model", CliRun.Tiny, "--device", "cpu", "--threads", "2", "--steps", "1", "--frames", "1", "--compute", "bf16"];
        CliRun run = await CliRun.Done(bench);
        Assert.Matches(@"(?m)^cpu \(2 threads, bf16\): peak \d+ GFLOP/s, ", run.Output);
        using JsonDocument document = JsonDocument.Parse((await CliRun.Done([.. bench, "--json"])).Output);
        Assert.Equal("cpu (2 threads, bf16)", document.RootElement.GetProperty("device").GetString());
    }

    [Fact]
    public async Task AnArchitectureNeedsNoFiles()
    {
        CliRun run = await CliRun.Done("bench", "--preset", "tiny", "--random", "--layers", "1", "--steps", "1", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal("tiny, random weights", document.RootElement.GetProperty("model").GetString());
        Assert.Equal(3, document.RootElement.GetProperty("stages").GetArrayLength());
    }

    [Theory]
    [InlineData("--random", "--random", "--preset 1.5-5b")]
    [InlineData("--layers", "--layers 2", "it is for --preset")]
    [InlineData("--preset", "--preset tiny", "add --random")]
    [InlineData("--preset", "--preset tiny --random --model .", "leave --model out")]
    [InlineData("--preset", "--preset 3b --random", "there is no preset '3b'")]
    [InlineData("--layers", "--preset tiny --random --layers 99", "99 layers can't be")]
    public Task AnArchitectureThatMeansNothingIsRefused(string option, string arguments, string says) =>
        CliRun.Fails(ExitCode.WrongUsage, ["bench", .. arguments.Split(' ')], option, says);

    [Fact]
    public async Task WhatCantBeRunIsRefused() =>
        await CliRun.Fails(ExitCode.WrongUsage, ["bench", "--model", CliRun.Tiny, "--frames", "10"], "--frames: ", "9 and 17");
}
