using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>encode</c>, and <c>decode</c> of what it writes.</summary>
public sealed class EncodeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AVideoComesBack()
    {
        string video = await Video(), latents = folder.File("latents.safetensors"), again = folder.File("again.y4m");
        CliRun run = await CliRun.Done("encode", video, "-o", latents, "--round-trip");
        Assert.Equal(latents, run.Lines[0]);
        Assert.Matches(@"^round trip: PSNR \d\d\.\d\d dB, SSIM 0\.\d{4}$", run.Lines[1]);
        Assert.Contains("took all 17 frames", run.Error);
        await CliRun.Done("decode", latents, "-o", again);
        Assert.Equal(new FileInfo(video).Length, new FileInfo(again).Length); // as many frames, of the same size
        Assert.Equal(["again.y4m", "clip.y4m", "clip.y4m.json", "latents.safetensors"], folder.Names);
    }

    [Fact]
    public async Task AnswersInJson()
    {
        string video = await Video(), latents = folder.File("latents.safetensors");
        string[] args = ["encode", video, "-o", latents, "--json", "--frames", "9", "--sample", "--seed", "7", "--vae-tiling", "on"];
        JsonElement answer = JsonDocument.Parse((await CliRun.Done(args)).Output).RootElement;
        Assert.Equal(latents, answer.GetProperty("output").GetString());
        Assert.Equal([1, 3, 8, 8, 8], answer.GetProperty("latents").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal((7UL, true), (answer.GetProperty("seed").GetUInt64(), answer.GetProperty("tiled").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("psnr").ValueKind);
        using (SafetensorsFile file = SafetensorsFile.Open(latents))
            Assert.Equal([1, 3, 8, 8, 8], file["latents"].Shape);
        answer = JsonDocument.Parse((await CliRun.Done([.. args[..^2], "--overwrite", "--round-trip"])).Output).RootElement;
        Assert.InRange(answer.GetProperty("psnr").GetDouble(), 25, 60);
        Assert.InRange(answer.GetProperty("ssim").GetDouble(), 0.8, 1);
    }

    [Fact]
    public async Task APictureBecomesOneLatent()
    {
        string latents = folder.File("latents.safetensors"), picture = Path.Combine(await Pictures(), "0001.png");
        CliRun run = await CliRun.Done(
            "encode", picture, "-o", latents, "--width", "96", "--fit", "pad", "--background", "#102030", "--fps", "8");
        Assert.Contains("The picture", run.Error);
        Assert.Contains("padded from 64×64 to 96×64", run.Error);
        Assert.Contains("--fps has no effect", run.Error);
        using SafetensorsFile file = SafetensorsFile.Open(latents);
        Assert.Equal([1, 1, 8, 8, 12], file["latents"].Shape);
    }

    [Fact]
    public async Task WhatHasNoEffectIsSaid()
    {
        CliRun run = await CliRun.Done(
            "encode", await Video(), "-o", folder.File("a.safetensors"), "--frames", "1", "--seed", "3", "--background", "white");
        Assert.Contains("--seed has no effect without --sample", run.Error);
        Assert.Contains("--background has no effect", run.Error);
    }

    [Fact]
    public async Task MistakesAreRefusedBeforeAnythingIsWritten()
    {
        string video = await Video(), free = folder.File("a.safetensors"), picture = Path.Combine(await Pictures(), "0001.png");
        await Refuses("--output: the folder", video, "-o", folder.File("no/a.safetensors"));
        await Refuses("--output: ", video, "-o", folder.Path);
        await Refuses("is the file that is read", video, "-o", video, "--overwrite");
        await Refuses("give --overwrite", video, "-o", picture);
        await Refuses("--background: 'red' is no colour", video, "-o", free, "--background", "red");
        await Refuses("--width: 70 isn't a multiple of 16", video, "-o", free, "--width", "70");
        await Refuses("--frames: 10 isn't 8·N + 1", video, "-o", free, "--frames", "10");
        await Refuses("--frames: ", picture, "-o", free, "--frames", "9");
        await Refuses("it has 17 frames; 33 are wanted. Give a longer video, or take 17 frames.", video, "-o", free, "--frames", "33");
        await Refuses("is among what is read from", Path.GetDirectoryName(picture)!, "-o", picture, "--overwrite");
        await Refuses("input: ", folder.File("missing.mp4"), "-o", free);
        await Refuses("--fit: ", video, "-o", free, "--fit", "zoom");
        await Refuses("--fps: 'x' is not a frame rate", video, "-o", free, "--fps", "x");
        await Refuses("--model: /no/such doesn't exist", video, "-o", free, "--model", "/no/such");
        Assert.False(File.Exists(free));

        Task Refuses(string says, params string[] args) => CliRun.Fails(ExitCode.WrongUsage, ["encode", .. args], says);
    }

    [Fact]
    public async Task InterruptedItWritesNothing()
    {
        string video = await Video();
        using var source = new CancellationTokenSource();
        source.Cancel();
        CliRun run = await CliRun.Until(source.Token, "encode", video, "-o", folder.File("a.safetensors"));
        Assert.Equal(ExitCode.Interrupted, run.Code);
        Assert.Equal(["clip.y4m", "clip.y4m.json"], folder.Names);
    }

    // Of the bundled model's, 17 frames of 64×64.
    private async Task<string> Video()
    {
        string video = folder.File("clip.y4m");
        await CliRun.Done("generate", "a red circle moving left on a gray background", "--steps", "20", "-o", video);
        return video;
    }

    private async Task<string> Pictures()
    {
        string pictures = folder.File("pictures/");
        await CliRun.Done("generate", "a red circle", "--frames", "1", "--steps", "2", "-o", pictures);
        return pictures;
    }
}
