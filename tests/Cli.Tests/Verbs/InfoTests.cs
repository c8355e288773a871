using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>info</c>.</summary>
public sealed class InfoTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("clip.png", "a PNG picture")]
    [InlineData("clip.safetensors", "a safetensors file")]
    [InlineData("clip.y4m", "a Y4M video")]
    [InlineData("clip/", "a folder")]
    public async Task VideoTellsWhatItWasMadeFrom(string name, string kind)
    {
        string[] request =
            ["generate", "a red\tcircle", "--negative-prompt", "blurry", "--model", CliRun.Tiny, "--steps", "1", "--seed", "7"];
        await CliRun.Done([.. request, "-o", folder.File(name)]);
        CliRun run = await CliRun.Done("info", folder.File(name));
        Assert.StartsWith($"{folder.File(name)}: {kind}\n", run.Output);
        Assert.Matches(@"(?m)^  prompt +a red\\tcircle$", run.Output);
        Assert.Matches("(?m)^  negative-prompt +blurry$", run.Output);
        Assert.Matches("(?m)^  seed +7$", run.Output);
        Assert.Matches("(?m)^  steps +1$", run.Output);
        Assert.Matches("(?m)^  sampler +ddim$", run.Output);

        using JsonDocument json = JsonDocument.Parse((await CliRun.Done("info", folder.File(name), "--json")).Output);
        Assert.Equal("a red\tcircle", json.RootElement.GetProperty("prompt").GetString());
        Assert.Equal(7, json.RootElement.GetProperty("seed").GetInt32());
        Assert.Equal(1, json.RootElement.GetProperty("settings").GetProperty("steps").GetInt32());
        Assert.Equal(kind, json.RootElement.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task LatentsTellTheirShape()
    {
        string latents = folder.File("latents.safetensors");
        string[] request = ["generate", "a cat", "--model", CliRun.Tiny, "--steps", "1", "-o", folder.File("clip.png")];
        await CliRun.Done([.. request, "--save-latents", latents]);
        Assert.Matches(@"(?m)^  latents +F32 \[1, 3, 4, 8, 12\]$", (await CliRun.Done("info", latents)).Output);
        using JsonDocument json = JsonDocument.Parse((await CliRun.Done("info", latents, "--json")).Output);
        Assert.Equal("F32 [1, 3, 4, 8, 12]", json.RootElement.GetProperty("tensors").GetProperty("latents").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("prompt").ValueKind);
    }

    [Theory]
    [InlineData("foreign/gguf/t5-F32.gguf", "a GGUF file", @"enc\.blk\.0\.attn_q\.weight +F32 \[")]
    [InlineData(
        "foreign/sat/5b/transformer/1/mp_rank_00_model_states.pt", "a PyTorch pickle file",
        @"module\.model\.diffusion_model\.mixins\.patch_embed\.proj\.weight +F32 \[96, 4, 2, 2\]")]
    public async Task WeightsTellTheirTensorsUnderTheirOwnNames(string path, string kind, string tensor)
    {
        CliRun run = await CliRun.Done("info", Golden.Path(path));
        Assert.StartsWith($"{Golden.Path(path)}: {kind}\n", run.Output);
        Assert.Matches($"(?m)^  {tensor}", run.Output);
    }

    [Fact]
    public async Task CheckpointIsForInspect() =>
        Assert.Contains($"a checkpoint (cogvideox inspect {CliRun.Tiny}", (await CliRun.Done("info", CliRun.Tiny)).Output);

    [Fact]
    public async Task WhatTellsNothingIsNamedAsWhatItIs()
    {
        File.WriteAllText(folder.File("notes.txt"), "a cat");
        File.WriteAllBytes(folder.File("odd"), [1, 2, 3]);
        await CliRun.Fails(ExitCode.WrongUsage, ["info", folder.File("notes.txt")], "file: ", "notes.txt is a text file");
        await CliRun.Fails(ExitCode.WrongUsage, ["info", folder.File("odd")], "file: ", "odd is of an unknown kind");
        await CliRun.Fails(ExitCode.WrongUsage, ["info", folder.File("missing")], "file: ", "missing doesn't exist");
        await CliRun.Fails(ExitCode.WrongUsage, ["info", folder.Path], "file: ", folder.Path);
    }
}
