using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>convert</c>.</summary>
public sealed class ConvertTests : IDisposable
{
    private static readonly string Checkpoint = Golden.Path("checkpoints/5b");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AReleaseOfSatBecomesAFolderWhosePathIsPrinted()
    {
        CliRun run = await CliRun.Done("convert", ForeignGolden.Path("sat/5b"), "-o", folder.File("out"));
        Assert.Equal([folder.File("out")], run.Lines);
        Assert.Equal(
            ["config.json", "diffusion_pytorch_model.safetensors"],
            Directory.EnumerateFiles(folder.File("out")).Select(path => Path.GetFileName(path)).Order());
    }

    [Fact]
    public async Task AGgufFileComesWithWhatItCosts()
    {
        CliRun run = await CliRun.Done("convert", Checkpoint, "-o", folder.File("out.gguf"), "--to", "gguf:q4_0");
        Assert.Equal([folder.File("out.gguf"), "  relative RMS  type     layer"], run.Lines[..2]);
        Assert.Matches("^ +[0-9.]+ %  Q4_0 +transformer_blocks", run.Lines[2]);
        Assert.Contains("--json lists all", run.Lines[^1]);
        Assert.Contains("general.architecture is 'cogvideox'", run.Error);
        Assert.Contains("--architecture gives another", run.Error);
        CliRun again = await CliRun.Done(
            "convert", Checkpoint, "-o", folder.File("out.gguf"), "--to", "gguf:Q8_0", "--architecture", "mine", "--overwrite", "--json");
        JsonElement json = JsonDocument.Parse(again.Output).RootElement;
        Assert.Equal("a transformer", json.GetProperty("what").GetString());
        Assert.Equal(["out.gguf"], json.GetProperty("files").EnumerateArray().Select(name => name.GetString()));
        double[] errors = [.. json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("relative_rms").GetDouble())];
        Assert.Equal(errors.OrderDescending(), errors);
        Assert.InRange(errors[0], 0.003, 0.01);
        Assert.Equal("", again.Error);
    }

    [Fact]
    public async Task WhatCantBeConvertedIsRefused()
    {
        File.WriteAllText(folder.File("taken.safetensors"), "dear");
        string vae = Path.Combine(Checkpoint, "vae"), output = folder.File("out.safetensors");
        await Refused(["nowhere", "-o", output], "in: ", "doesn't exist");
        await Refused([vae, "-o", folder.File("taken.safetensors")], "--output: ", "replace it with --overwrite");
        await Refused([vae, "-o", output, "--to", "fp8"], "--to: ", "leave it out");
        await Refused([vae, "-o", output, "--to", "gguf:Q2_K"], "--to: ", "Q4_0");
        await Refused([vae, "-o", output, "--dtype", "fp64"], "--dtype: ", "bf16");
        await Refused([vae, "-o", output, "--architecture", "x"], "--architecture: ", "leave it out");
        await Refused([vae, "-o", output, "--config", "x.json"], "--config: ", "leave it out");
        await Refused([vae], "--output: it is needed");
        await Refused(
            [ForeignGolden.Path("single/scaled-fp8-new.safetensors"), "-o", folder.File("out")], "in: ", "config.json with --config");
        Assert.Equal(["taken.safetensors"], folder.Names);

        static Task Refused(string[] args, params string[] says) => CliRun.Fails(ExitCode.WrongUsage, ["convert", .. args], says);
    }

    [Fact]
    public async Task InterruptedOneLeavesNothing()
    {
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        CliRun run = await CliRun.Until(source.Token, "convert", Checkpoint, "-o", folder.File("out"));
        Assert.Equal((ExitCode.Interrupted, "cogvideox: Cancelled.\n"), (run.Code, run.Error));
        Assert.Empty(folder.Names);
    }
}
