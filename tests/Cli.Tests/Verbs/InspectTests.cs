using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>inspect</c>.</summary>
public sealed class InspectTests
{
    [Fact]
    public async Task TextNamesPartsSizesAndMemory()
    {
        CliRun run = await CliRun.Done("inspect", CliRun.Tiny, "--frames", "17", "--steps", "3");
        Assert.StartsWith($"{CliRun.Tiny}: CogVideoXPipeline", run.Output);
        Assert.All(["text_encoder", "transformer", "vae"], part => Assert.Contains($"  {part}", run.Output));
        Assert.Contains("A run: 17 frames of 96×64 at 8 a second, 3 steps of ddim", run.Output);
        Assert.All(
            ["encode", "sample", "decode"], stage => Assert.Matches($"{stage} .* [kM]B of tensors, .* [kM]B of weights", run.Output));
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task JsonHoldsTheSame()
    {
        CliRun run = await CliRun.Done("inspect", CliRun.Tiny, "--width", "64", "--vae-tiling", "on", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement plan = document.RootElement.GetProperty("plan");
        JsonElement settings = plan.GetProperty("settings");
        Assert.Equal((64, 64), (settings.GetProperty("width").GetInt32(), settings.GetProperty("height").GetInt32()));
        Assert.Equal("on", settings.GetProperty("vae_tiling").GetString());
        Assert.Equal(
            ["encode", "sample", "decode"],
            plan.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage").GetString()));
        Assert.Equal(3, document.RootElement.GetProperty("components").GetArrayLength());
    }

    [Fact]
    public async Task ACacheIsPlannedFor()
    {
        string with = (await CliRun.Done("inspect", CliRun.Tiny, "--cache", "pyramid", "--json")).Output;
        string without = (await CliRun.Done("inspect", CliRun.Tiny, "--json")).Output;
        Assert.InRange(Held(with) - Held(without), 1, long.MaxValue);
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", "--cache", "first-block:-1"], "--cache: ", "choose a share above 0");

        static long Held(string json)
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.GetProperty("plan").GetProperty("stages").EnumerateArray()
                .Single(stage => stage.GetProperty("stage").GetString() == "sample").GetProperty("activation_bytes").GetInt64();
        }
    }

    [Fact]
    public async Task ACardIsPlannedForThatIsntThere()
    {
        CliRun run = await CliRun.Done("inspect", CliRun.Tiny, "--gpu", "3060");
        Assert.Contains("A run on NVIDIA GeForce RTX 3060: ", run.Output);
        Assert.Matches("sample .* of weights \\(.* held\\)", run.Output);
        Assert.Contains("12.26 GB are there.", run.Output);
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", "--gpu", "voodoo"], "--gpu: ", "voodoo", "h100", "a100", "4090", "3060");
    }

    [Fact]
    public async Task ACardMayHaveAnotherMemory()
    {
        CliRun run = await CliRun.Done("inspect", CliRun.Tiny, "--gpu", "4090:2GB");
        Assert.Contains("A run on NVIDIA GeForce RTX 4090 with 2 GB: ", run.Output);
        Assert.Contains("1.52 GB are there.", run.Output); // less what a context takes
        foreach (string card in new[] { "4090:", "4090:0GB", "4090:-1GB", "4090:2GB:3GB", ":2GB", "4090:2TB" })
            await CliRun.Fails(ExitCode.WrongUsage, ["inspect", "--gpu", card], $"--gpu: '{card}'", "4090:16GB");
    }

    [Fact]
    public async Task WhereWeightsLieIsSaidAndCanBeAskedFor()
    {
        CliRun run = await CliRun.Done("inspect", CliRun.Tiny, "--gpu", "3060", "--weights", "layers");
        Assert.Matches("encode .* held, .* copied a prompt\\)", run.Output);
        Assert.Matches("sample .* held, .* copied a step\\)", run.Output);
        Assert.Contains("note: The transformer's layers come to the device one after the other", run.Output);
        run = await CliRun.Done("inspect", CliRun.Tiny, "--gpu", "3060", "--json");
        using JsonDocument document = JsonDocument.Parse(run.Output);
        Assert.Equal("resident", document.RootElement.GetProperty("plan").GetProperty("weights").GetString());
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", CliRun.Tiny, "--weights", "layers"], "--weights: ", "mapped");
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", CliRun.Tiny, "--weights", "some"], "--weights", "'some'");
    }

    [Fact]
    public async Task TypesOfPartsArePlannedForOnACardThatIsntThere()
    {
        long[] narrow = await Activations(), wide = await Activations("--vae-dtype", "fp32"), text = await Activations(
            "--text-encoder-dtype", "fp32");
        Assert.Equal([narrow[0], narrow[1]], wide[..2]);
        Assert.InRange(wide[2], narrow[2] * 3 / 2, narrow[2] * 5 / 2);
        Assert.InRange(text[0], narrow[0] * 5 / 4, narrow[0] * 5 / 2);
        Assert.InRange(text[1], narrow[1], narrow[1] + 8192); // a block that is used again may be a little larger than its tensor

        static async Task<long[]> Activations(params string[] options)
        {
            CliRun run = await CliRun.Done(["inspect", CliRun.Tiny, "--gpu", "4090", "--json", .. options]);
            using JsonDocument document = JsonDocument.Parse(run.Output);
            return [.. document.RootElement.GetProperty("plan").GetProperty("stages").EnumerateArray()
                .Select(stage => stage.GetProperty("activation_bytes").GetInt64())];
        }
    }

    [Fact]
    public async Task BundledModelIsTheDefault() => Assert.Contains("17 frames of 64×64", (await CliRun.Done("inspect")).Output);

    [Fact]
    public async Task SizeThatCantBeIsRefused()
    {
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", "--width", "70"], "--width: ", "64 and 80 are");
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", "--frames", "10"], "--frames: ", "9 and 17");
    }

    [Fact]
    public async Task ModelThatDoesntRunIsStillDescribed()
    {
        using var folder = new TemporaryFolder();
        string model = folder.CopyOf(CliRun.Tiny), config = Path.Combine(model, "transformer", "config.json");
        File.WriteAllText(
            config, File.ReadAllText(config).Replace("\"in_channels\": 4", "\"in_channels\": 12", StringComparison.Ordinal));
        Assert.Contains("not supported: ", (await CliRun.Done("inspect", model)).Output);
        await CliRun.Fails(ExitCode.Failed, ["generate", "a cat", "--model", model, "-o", folder.File("a.png")], model);
    }
}
