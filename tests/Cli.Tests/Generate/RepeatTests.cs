using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>A video can be made again from its file, and its latents decoded again.</summary>
public sealed class RepeatTests : IDisposable
{
    private static readonly string[] Unusual =
    [
        "generate", "a \"red\" circle; größe 円 🎬", "--model", Golden.Path("checkpoints/5b"), "--negative-prompt", "blurry",
        "--width", "48", "--height", "80", "--frames", "1", "--fps", "30000/1001", "--steps", "3", "--guidance-scale", "2.5",
        "--dynamic-cfg", "on", "--sampler", "dpm", "--seed", "18446744073709551615", "--dtype", "fp16", "--max-sequence-length", "20",
        "--vae-tiling", "on", "--cache", "pyramid:2,50.5,900",
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task FromRepeatsToTheByte()
    {
        await CliRun.Done([.. Unusual, "-o", folder.File("first.png")]);
        await CliRun.Done("generate", "--from", folder.File("first.png"), "-o", folder.File("second.png"));
        Assert.Equal(Bytes("first.png"), Bytes("second.png"));
    }

    [Fact]
    public async Task AnInputThatHasChangedSinceIsNoticed()
    {
        string latents = folder.File("l.safetensors"), first = folder.File("first.png");
        await CliRun.Done("generate", "a cat", "--steps", "1", "--frames", "1", "--save-latents", latents, "-o", folder.File("zero.png"));
        await CliRun.Done("generate", "a cat", "--steps", "1", "--frames", "1", "--init-latents", latents, "-o", first);
        await CliRun.Done("generate", "--from", first, "-o", folder.File("second.png"));
        Assert.Equal(Bytes("first.png"), Bytes("second.png"));
        await CliRun.Done(
            "generate", "a cat", "--steps", "1", "--frames", "1", "--seed", "3", "--save-latents", latents, "--overwrite", "-o",
            folder.File("three.png"));
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--from", first, "-o", folder.File("third.png")],
            $"--from: {first} was made from other files than there are now", "give them: --init-latents ", "l.safetensors.");
        await CliRun.Done("generate", "--from", first, "--init-latents", latents, "-o", folder.File("third.png"));
        Assert.NotEqual(Bytes("first.png"), Bytes("third.png"));
    }

    [Theory]
    [InlineData("euler")]
    [InlineData("euler-ancestral")]
    [InlineData("heun")]
    [InlineData("unipc")]
    [InlineData("dpm++2m")]
    [InlineData("dpm++2m-sde")]
    [InlineData("lcm")]
    public async Task FromRepeatsTheSampler(string word)
    {
        CliRun run = await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "2", "--frames", "1", "--sampler", word, "-o",
            folder.File("first.png"));
        Assert.Contains($"2 steps of {word},", run.Error);
        Assert.Equal(word == "heun", run.Error.Contains("The heun sampler is useless in 2 steps"));
        Assert.Equal(word, VideoMetadata.Read(folder.File("first.png")).Settings["sampler"]!.GetValue<string>());
        await CliRun.Done("generate", "--from", folder.File("first.png"), "-o", folder.File("second.png"));
        Assert.Equal(Bytes("first.png"), Bytes("second.png"));
    }

    [Theory]
    [InlineData("first-block:2", "first-block:2", 3)]
    [InlineData("pyramid", "pyramid:2,100,800", 2)]
    public async Task FromRepeatsTheCache(string given, string kept, int reusing)
    {
        CliRun run = await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "4", "--frames", "1", "--cache", given, "--json", "-o",
            folder.File("first.png"));
        Assert.Contains($", cache {kept}.", run.Error);
        Assert.Contains($"; the cache served {reusing} of 4 steps", run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement use = document.RootElement[0].GetProperty("cache");
        Assert.Equal((4, reusing), (use.GetProperty("evaluations").GetInt32(), use.GetProperty("reusing").GetInt32()));
        Assert.Equal(kept, VideoMetadata.Read(folder.File("first.png")).Settings["cache"]!.GetValue<string>());
        await CliRun.Done("generate", "--from", folder.File("first.png"), "-o", folder.File("second.png"));
        Assert.Equal(Bytes("first.png"), Bytes("second.png"));
        await CliRun.Done("generate", "--from", folder.File("first.png"), "--cache", "none", "-o", folder.File("without.png"));
        Assert.NotEqual(Bytes("first.png"), Bytes("without.png"));
        Assert.DoesNotContain("cache", VideoMetadata.Read(folder.File("without.png")).Settings.Keys);
    }

    [Fact]
    public async Task FromRepeatsTheLatentsItBeganWith()
    {
        await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "2", "--save-latents", folder.File("noise.safetensors"), "-o",
            folder.File("other.png"));
        await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "2", "--init-latents", folder.File("noise.safetensors"), "-o",
            folder.File("first.png"));
        await CliRun.Done("generate", "--from", folder.File("first.png"), "-o", folder.File("second.png"));
        Assert.Equal(Bytes("first.png"), Bytes("second.png"));
        Assert.NotEqual(Bytes("other.png"), Bytes("first.png"));
    }

    // One of a batch again, and as a video of its own.
    [Fact]
    public async Task FromTakesTheGeneratorThatIsAskedFor()
    {
        string[] cat = ["generate", "a cat", "--model", CliRun.Tiny, "--steps", "1", "--frames", "1"];
        await CliRun.Done([.. cat, "--generator", "one", "--num-videos", "2", "-o", folder.File("both.png")]);
        await CliRun.Done([.. cat, "-o", folder.File("alone.png")]);
        string[] second = ["generate", "--from", folder.File("both-02.png")];
        await CliRun.Done([.. second, "-o", folder.File("again.png")]);
        CliRun run = await CliRun.Done([.. second, "--generator", "one", "-o", folder.File("one.png")]);
        Assert.DoesNotContain("--generator", run.Error);
        await CliRun.Done([.. second, "--generator", "each", "-o", folder.File("each.png")]);
        Assert.Equal(Bytes("both-02.png"), Bytes("again.png"));
        Assert.Equal(Bytes("both-02.png"), Bytes("one.png"));
        Assert.Equal(Bytes("alone.png"), Bytes("each.png"));
        Assert.NotEqual(Bytes("alone.png"), Bytes("again.png"));
        run = await CliRun.Done([.. cat, "--generator", "one", "-o", folder.File("single.png")]);
        Assert.Contains("--generator has no effect on a single video", run.Error);
    }

    [Theory]
    [InlineData("video")]
    [InlineData("init-latents")]
    [InlineData("embeds")]
    [InlineData("image")]
    [InlineData("lora")]
    public async Task WhatTheVideoWasMadeFromIsMissedUnderFrom(string name)
    {
        string clip = folder.File("clip.y4m"), companion = clip + ".json";
        await CliRun.Done("generate", "a cat", "--model", CliRun.Tiny, "--steps", "1", "--frames", "1", "-o", clip);
        string kept = name == "lora" ? "[\"gone/style.safetensors:1\"]" : "\"gone/style.safetensors\"";
        string settings = File.ReadAllText(companion);
        File.WriteAllText(companion, settings.Replace("\"steps\"", $"\"{name}\":{kept},\"steps\"", StringComparison.Ordinal));
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--from", clip, "--model", CliRun.Tiny, "-o", folder.File("again.png")],
            $"--from: {clip} was made with --{name} gone/style.safetensors, which isn't here; say where it is with --{name}.");
    }

    [Fact]
    public async Task OptionsChangeWhatIsRepeated()
    {
        await CliRun.Done([.. Unusual, "-o", folder.File("first.png")]);
        await CliRun.Done(
            "generate", "a cat", "--from", folder.File("first.png"), "--seed", "5", "--dynamic-cfg", "off", "-o",
            folder.File("second.png"));
        GenerationMetadata first = VideoMetadata.Read(folder.File("first.png")), second = VideoMetadata.Read(folder.File("second.png"));
        Assert.Equal(("a cat", "blurry", 5UL), (second.Prompt, second.NegativePrompt, second.Seed));
        Assert.Equal(
            ["dynamic-cfg"], first.Settings.Keys.Where(key => first.Settings[key]!.ToJsonString() != second.Settings[key]!.ToJsonString()));
    }

    [Fact]
    public async Task BundledModelIsFoundAgainOnAnyMachine()
    {
        await CliRun.Done("generate", "a red circle", "--steps", "1", "-o", folder.File("first.png"));
        Assert.Equal("shapes", VideoMetadata.Read(folder.File("first.png")).Settings["model"]!.GetValue<string>());
        await CliRun.Done("generate", "--from", folder.File("first.png"), "-o", folder.File("second.png"));
        Assert.Equal(Bytes("first.png"), Bytes("second.png"));
    }

    [Fact]
    public async Task JsonTellsAll()
    {
        CliRun run = await CliRun.Done([.. Unusual, "--json", "-o", folder.File("clip.png")]);
        using JsonDocument document = JsonDocument.Parse(run.Output);
        JsonElement root = Assert.Single(document.RootElement.EnumerateArray());
        Assert.Equal(folder.File("clip.png"), root.GetProperty("output").GetString());
        Assert.Equal(Unusual[1], root.GetProperty("prompt").GetString());
        Assert.Equal("blurry", root.GetProperty("negative_prompt").GetString());
        Assert.Equal(ulong.MaxValue, root.GetProperty("seed").GetUInt64());
        Assert.Equal("dpm", root.GetProperty("settings").GetProperty("sampler").GetString());
        Assert.Equal(
            ["start", "encode", "sample", "decode", "write"], root.GetProperty("seconds").EnumerateObject().Select(entry => entry.Name));
        Assert.True(root.GetProperty("peak_memory_bytes").GetInt64() > 0);
        Assert.Equal("pyramid:2,50.5,900", root.GetProperty("settings").GetProperty("cache").GetString());
    }

    [Theory]
    [InlineData("\"width\":48", "\"width\":\"wide\"", "'width' is \"wide\", not a whole number")]
    [InlineData("\"width\":48", "\"width\":[1,2]", "'width' is [1,2], not a whole number")]
    [InlineData("\"width\":48,", "", "'width' is missing")]
    [InlineData("\"steps\":3", "\"steps\":3.5", "'steps' is 3.5, not a whole number")]
    [InlineData("\"fps\":\"30000/1001\"", "\"fps\":\"fast\"", "'fps' is \"fast\", not a frame rate")]
    [InlineData("\"sampler\":\"dpm\"", "\"sampler\":\"1\"", "'sampler' is \"1\", not one of ddim, dpm, euler")]
    [InlineData("\"cache\":\"pyramid:2,50.5,900\"", "\"cache\":\"pyramid:2\"", "'cache' is \"pyramid:2\", not a cache such as none")]
    [InlineData("\"dynamic-cfg\":true", "\"dynamic-cfg\":1", "'dynamic-cfg' is 1, not true or false")]
    public async Task ADamagedSettingIsNamed(string written, string damaged, string says)
    {
        await CliRun.Done([.. Unusual, "-o", folder.File("clip.y4m")]);
        string companion = folder.File("clip.y4m.json"), settings = File.ReadAllText(companion);
        Assert.Contains(written, settings);
        File.WriteAllText(companion, settings.Replace(written, damaged));
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--from", folder.File("clip.y4m"), "-o", folder.File("again.png")], "--from: ", says);
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task SavedLatentsDecodeToTheSameFrames(string tiling)
    {
        string latents = folder.File("latents.safetensors");
        await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "2", "--vae-tiling", tiling, "--save-latents", latents, "-o",
            folder.File("whole.y4m"));
        CliRun decoded = await CliRun.Done(
            "decode", latents, "--model", CliRun.Tiny, "--vae-tiling", tiling, "-o", folder.File("again.y4m"));
        Assert.Equal([folder.File("again.y4m")], decoded.Lines);
        Assert.Equal(Pictures("whole.y4m"), Pictures("again.y4m"));
    }

    [Fact]
    public async Task TraceIsWritten()
    {
        await CliRun.Done(
            "generate", "a cat", "--model", CliRun.Tiny, "--steps", "2", "--trace", folder.File("trace.safetensors"), "-o",
            folder.File("a.png"));
        using var trace = Tensors.Safetensors.SafetensorsFile.Open(folder.File("trace.safetensors"));
        Assert.Equal(["latents.0", "latents.1", "negative_prompt_embeds", "prompt_embeds"], trace.Names.Order());
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));

    // Without the header, which has the prompt in it.
    private byte[] Pictures(string name) => Bytes(name)[Bytes(name).AsSpan().IndexOf("FRAME"u8)..];
}
