using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary><c>generate --preview</c>, and <c>inspect --fit-preview</c>, which makes its map.</summary>
public sealed class PreviewTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task AnAnimatedPngOfTheLatentsStandsBesideTheSameVideo()
    {
        string preview = folder.File("preview.png");
        await Make(CliRun.Shapes, "plain.png");
        CliRun run = await Make(CliRun.Shapes, "shown.png", "--preview", preview);
        Assert.Contains($"{preview} shows what is being sampled", run.Error);
        byte[] file = await File.ReadAllBytesAsync(preview, TestContext.Current.CancellationToken);
        Assert.Equal((8, 8, 5), (Number(file, 16), Number(file, 20), Number(file, file.AsSpan().IndexOf("acTL"u8) + 4)));
        Assert.True(file.AsSpan()[^8..].StartsWith("IEND"u8));
        Assert.Equal(
            await File.ReadAllBytesAsync(folder.File("plain.png"), TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(folder.File("shown.png"), TestContext.Current.CancellationToken)); // its settings among them
    }

    [Fact]
    public async Task SeveralVideosHaveAPreviewEach()
    {
        await Make(CliRun.Shapes, "clip.png", "--num-videos", "2", "--preview", folder.File("preview.png"));
        Assert.Equal(["clip-01.png", "clip-02.png", "preview-01.png", "preview-02.png"], folder.Names);
    }

    [Fact]
    public async Task AFittedMapServesACheckpointThatHasNone()
    {
        string map = folder.File("map.json"), preview = folder.File("preview.y4m");
        CliRun fit = await CliRun.Done("inspect", CliRun.Tiny, "--fit-preview", "-o", map, "--json");
        using JsonDocument answer = JsonDocument.Parse(fit.Output);
        Assert.Equal(map, answer.RootElement.GetProperty("output").GetString());
        Assert.InRange(answer.RootElement.GetProperty("r_squared").GetDouble(), 0, 1);
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", CliRun.Tiny, "--fit-preview", "-o", map], "--output: ", "give --overwrite");
        await Make(CliRun.Tiny, "clip.png", "--preview", preview, "--preview-map", map);
        Assert.StartsWith("YUV4MPEG2 W12 H8 F2:1", Encoding.ASCII.GetString(await File.ReadAllBytesAsync(
            preview, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task TheMapGoesIntoTheCheckpoint()
    {
        string copy = folder.CopyOf(CliRun.Tiny);
        CliRun fit = await CliRun.Done("inspect", copy, "--fit-preview");
        Assert.Equal(Path.Combine(copy, "preview.json"), fit.Lines[0]);
        Assert.Matches(@"^R² [0-9.-]+, PSNR [0-9.-]+ dB on [0-9]+ latents", fit.Lines[1]);
        await Make(copy, "clip.png", "--preview", folder.File("preview.png"));
    }

    [Fact]
    public async Task WhatCantBeIsRefused()
    {
        string png = folder.File("preview.png"), tensors = folder.File("a.safetensors");
        await Fails(
            ["--model", CliRun.Tiny, "--preview", png],
            $"--preview: there is no {CliRun.Tiny}/preview.json", $"`cogvideox inspect {CliRun.Tiny} --fit-preview` makes it.");
        await Fails(["--preview", png, "--preview-map", folder.File("missing")], "--preview-map: there is no ");
        await Fails(["--preview-map", Path.Combine(CliRun.Shapes, "preview.json")], "--preview-map: ", "--preview");
        await Fails(["--preview", folder.File("clip.png")], "--preview: ", "is written by this command already");
        await Fails(["--preview", tensors, "--save-latents", tensors], "--preview: ", "is written by this command already");
        await Fails(["--preview", folder.File("frames/")], "--preview: ", "is a folder");
        await Fails(["--preview", folder.File("preview.txt")], "--preview: ", "not a known video format");
        await File.WriteAllTextAsync(png, "mine", TestContext.Current.CancellationToken);
        await Fails(["--preview", png], "--preview: ", "exists; choose another name, or give --overwrite");
        Assert.Equal("mine", await File.ReadAllTextAsync(png, TestContext.Current.CancellationToken));
        Assert.Equal(["preview.png"], folder.Names);
    }

    [Fact]
    public async Task OptionsThatMeanNothingTogetherAreNamed()
    {
        await CliRun.Fails(
            ExitCode.WrongUsage, ["inspect", CliRun.Tiny, "--fit-preview", "--width", "64"], "--width: ", "leave one of the two out");
        await CliRun.Fails(ExitCode.WrongUsage, ["inspect", CliRun.Tiny, "-o", folder.File("map.json")], "--output: ", "--fit-preview");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["inspect", folder.File("missing"), "--fit-preview"], "model: ", "doesn't exist");
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task AMapOfAnotherModelIsRefused() => await Fails(
        ExitCode.Failed,
        ["--model", CliRun.Tiny, "--preview", folder.File("a.png"), "--preview-map", Path.Combine(CliRun.Shapes, "preview.json")],
        "'latent_channels' is 8; it should be ");

    private Task<CliRun> Make(string model, string name, params string[] more) =>
        CliRun.Done(["generate", "a red circle", "--model", model, "--steps", "2", "-o", folder.File(name), .. more]);

    private Task Fails(string[] more, params string[] says) => Fails(ExitCode.WrongUsage, more, says);

    private Task Fails(int code, string[] more, params string[] says) =>
        CliRun.Fails(code, ["generate", "a red circle", "--steps", "2", "-o", folder.File("clip.png"), .. more], says);

    private static int Number(byte[] file, int at) => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
}
