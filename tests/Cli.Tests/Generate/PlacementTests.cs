using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Where weights lie, and in which types parts compute, is said before the run and in its report.</summary>
public sealed class PlacementTests
{
    [Fact]
    public async Task WhatWasChosenIsSaid()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await CliRun.Done(
            "generate", "a red circle", "--model", CliRun.Tiny, "--device", "emulator", "--compute", "bf16", "--vae-dtype", "fp32",
            "--weights", "layers", "--frames", "1", "--width", "32", "--height", "32", "--steps", "1", "--guidance-scale", "1", "--json",
            "-o", folder.File("a.png"));
        Assert.Contains("on emulator, activations in BF16, the VAE's in F32.", run.Error);
        Assert.Contains("The transformer's layers come to the device one after the other", run.Error);
        using JsonDocument report = JsonDocument.Parse(run.Output);
        Assert.Equal("layers", report.RootElement[0].GetProperty("weights").GetString());
    }

    [Fact]
    public async Task OnTheCpuThereIsNothingToChoose()
    {
        using var folder = new TemporaryFolder();
        string[] generate = ["generate", "a red circle", "--model", CliRun.Tiny, "--device", "cpu", "-o", folder.File("a.png")];
        await CliRun.Fails(ExitCode.WrongUsage, [.. generate, "--weights", "resident"], "--weights: the CPU reads weights where");
        await CliRun.Fails(ExitCode.WrongUsage, [.. generate, "--text-encoder-dtype", "fp16"], "--text-encoder-dtype: fp16 can't be");
        Assert.Empty(folder.Names);
    }
}
