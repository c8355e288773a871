using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary><c>--lora</c> and what goes with it.</summary>
public sealed class LoraTests : IDisposable
{
    private static readonly string Model = Golden.Path("checkpoints/5b"), Style = Golden.Path("lora/style");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task FactorsAreSaidAndAVideoIsRepeatedWithItsLoras()
    {
        // Names with colons, beside the video: from a root that isn't this folder's, metadata keep names alone.
        File.Copy(Path.Combine(Style, "pytorch_lora_weights.safetensors"), folder.File("a:2"));
        string[] loras = ["--lora", folder.File("a:2") + ":0.5", "--lora", $"{Style}:0.6:alpha=8"];
        CliRun first = await Generate("first.png", [.. loras, "--lora-merge"]);
        Assert.Contains("LoRA a:2 at scale 0.5: factor 0.5 (rank 4, no alpha is given, so it is the rank) on 8 layers.\n", first.Error);
        Assert.Contains("style at scale 0.6: factor 1.2 (rank 4, alpha 8 as asked, in place of that from adapter.json) on 8", first.Error);
        Assert.Contains("LoRAs are merged into copies of 8 weights.\n", first.Error);
        GenerationMetadata metadata = VideoMetadata.Read(folder.File("first.png"))!;
        Assert.Equal(2, metadata.Settings["lora"]!.AsArray().Count);
        CliRun again = await CliRun.Done(
            ["generate", "--from", folder.File("first.png"), "--model", Model, "-o", folder.File("second.png"), .. loras]);
        Assert.DoesNotContain("are merged", again.Error); // options that are given replace the video's, all three
        Directory.CreateDirectory(folder.File("style"));
        foreach (string file in Directory.GetFiles(Style))
            File.Copy(file, Path.Combine(folder.File("style"), Path.GetFileName(file)));
        await CliRun.Done("generate", "--from", folder.File("first.png"), "--model", Model, "-o", folder.File("third.png"));
        Assert.Equal(Bytes("first.png"), Bytes("third.png"));
        await Generate("plain.png");
        Assert.NotEqual(Bytes("first.png"), Bytes("plain.png"));
    }

    [Fact]
    public async Task WhatCantBeUsedIsRefusedUnderTheOption()
    {
        Directory.CreateDirectory(folder.File("style"));
        foreach (string file in Directory.GetFiles(Golden.Path("lora/style")))
            File.Copy(file, Path.Combine(folder.File("style"), Path.GetFileName(file)));
        string weights = Directory.GetFiles(folder.File("style"), "*.safetensors").Single();
        await Fails(
            ["--lora", folder.File("style"), "--save-latents", weights, "--overwrite"], "--save-latents: ", "is the file that is read as");
        await Fails(["--lora", "nowhere:0.5"], "--lora: nowhere doesn't exist");
        await Fails(["--lora", ""], "--lora: it is empty");
        await Fails(["--lora", $"{Style}:NaN"], "--lora: ", "a scale of NaN can't be");
        await Fails(["--lora", Golden.Path("lora/foreign/peft-dora")], "--lora: ", "this is DoRA");
        await Fails(["--lora", Golden.Path("lora/drift")], "--lora: ", "was made for another model");
        string unknown = Golden.Path("lora/foreign/refuse/unknown-layer.safetensors");
        await Fails(["--lora", unknown], "--lora: ", "transformer_blocks.77", "--lora-ignore-unmatched leaves them out");
        CliRun run = await Generate("ignoring.png", "--lora", unknown, "--lora-ignore-unmatched");
        Assert.Contains("They are ignored.", run.Error);
    }

    [Fact]
    public async Task ALoraIsntReplacedByTheVideo()
    {
        string lora = folder.File("a.safetensors");
        File.Copy(Path.Combine(Style, "pytorch_lora_weights.safetensors"), lora);
        CliRun run = await CliRun.Of("generate", "a cat", "--model", Model, "--steps", "1", "--lora", lora, "-o", lora, "--overwrite");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
    }

    [Fact]
    public async Task FlagsWithoutALoraAreSaidToHaveNoEffect() => Assert.Contains(
        "have no effect without --lora", (await Generate("clip.png", "--lora-merge")).Error);

    [Fact]
    public async Task InspectSaysWhatALoraIs()
    {
        string zoom = Golden.Path("lora/zoom");
        CliRun run = await CliRun.Done("inspect", zoom);
        Assert.Equal(
            [
                $"{zoom}: a LoRA, 34 kB in F32",
                "  rank 2 to 3, alpha 1 to 8 from its header; factor 0.333333 to 4 at scale 1",
                "  13 layers: attn1.to_k (2), attn1.to_out.0 (2), attn1.to_q (2), attn1.to_v (2), ff.net.2 (2), norm1.linear (2), "
                    + "proj_out (1)",
                "  for a transformer of width 96",
            ],
            run.Lines);
        CliRun json = await CliRun.Done("inspect", Path.Combine(zoom, "pytorch_lora_weights.safetensors"), "--json");
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.Equal(2, document.RootElement.GetProperty("targets").GetProperty("attn1.to_q").GetInt32());
        Assert.Equal(4, document.RootElement.GetProperty("largest_factor").GetDouble());
        string[] ofSat = (await CliRun.Done("inspect", Golden.Path("lora/foreign/sat/style.safetensors"))).Lines;
        Assert.Contains("  rank 4, alpha 1 from SAT's default; factor 0.25 at scale 1", ofSat);
        Assert.Contains("  beside it, and ignored: 5 weights that it was trained over", ofSat);
        string pickle = Golden.Path("lora/foreign/sat/style/1/mp_rank_00_model_states.pt");
        Assert.Contains("  rank 4, alpha 2 from adapter.json; factor 0.5 at scale 1", (await CliRun.Done("inspect", pickle)).Lines);
        Assert.Contains("  6 layers: ", (await CliRun.Done("inspect", Golden.Path("lora/foreign/pickle"))).Output);
        await CliRun.Fails(ExitCode.Failed, ["inspect", Golden.Path("lora/foreign/peft-loha")], "this is LoHa");
        await CliRun.Fails(ExitCode.Failed, ["inspect", Golden.Path("lora/expected.safetensors")], "it holds no LoRA");
    }

    [Fact]
    public async Task PlansAndMeasurementsHaveThem()
    {
        string[] options = ["--lora", $"{Style}:0.6", "--lora-merge", "--frames", "1", "--steps", "1"];
        string plan = (await CliRun.Done(["inspect", Model, .. options])).Output;
        Assert.Contains("  note: LoRA style at scale 0.6: factor 0.3 (rank 4, alpha 2 from adapter.json) on 8 layers.", plan);
        string bench = (await CliRun.Done(["bench", "--model", Model, "--threads", "1", .. options])).Output;
        Assert.Contains("note: LoRA style at scale 0.6", bench);
    }

    private Task<CliRun> Generate(string name, params string[] options) => CliRun.Done(
        ["generate", "a cat", "--model", Model, "--steps", "1", "--frames", "1", "-o", folder.File(name), .. options]);

    private Task Fails(string[] options, params string[] says) => CliRun.Fails(
        ExitCode.WrongUsage, ["generate", "a cat", "--model", Model, "-o", folder.File("no.png"), .. options], says);

    private byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));
}
