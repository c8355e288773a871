using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary><c>--image</c> and <c>--video</c>, and what goes with them.</summary>
public sealed class TaskTests : IDisposable
{
    private static readonly string Image5b = Golden.Path("checkpoints/5b-i2v"), Image15 = Golden.Path("checkpoints/1.5-i2v");
    private static readonly string Picture = Golden.Path("tasks/runs/i2v-1.5-resized.png");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task APictureIsFittedSaidKeptAndRepeated()
    {
        File.Copy(Picture, folder.File("p.png"));
        string[] options = ["--model", Image15, "--image", folder.File("p.png"), "--fit", "pad", "--background", "00ff00"];
        CliRun run = await Generate("first.png", options);
        Assert.Contains("the picture: resized 71×53 to 85×64, padded to 96×64.\n", run.Error, StringComparison.Ordinal);
        GenerationMetadata metadata = VideoMetadata.Read(folder.File("first.png"))!;
        string[] kept = ["fit", "image-latent-scale", "background"];
        Assert.Equal(["\"pad\"", "1", "\"00FF00\""], kept.Select(name => metadata.Settings[name]!.ToJsonString()));
        Assert.EndsWith("p.png", metadata.Settings["image"]!.GetValue<string>(), StringComparison.Ordinal);
        await CliRun.Done("generate", "--from", folder.File("first.png"), "--model", Image15, "-o", folder.File("again.png"));
        Assert.Equal(Bytes("first.png"), Bytes("again.png"));
    }

    [Fact]
    public async Task AVideoIsTakenSaidKeptAndRepeated()
    {
        await CliRun.Done("generate", "a red circle", "--steps", "2", "-o", folder.File("in.y4m"));
        CliRun run = await Generate("first.png", "--video", folder.File("in.y4m"), "--frames", "9", "--strength", "0.5");
        Assert.Contains("took the first 9 of 17 frames", run.Error, StringComparison.Ordinal);
        Assert.Contains("2 steps of ddim at strength 0.5", run.Error, StringComparison.Ordinal);
        await CliRun.Done("generate", "--from", folder.File("first.png"), "-o", folder.File("again.png"));
        Assert.Equal(Bytes("first.png"), Bytes("again.png"));
        CliRun any = await Generate("any.png", "--video", folder.File("in.y4m"), "--any-size", "on");
        Assert.Contains("17 frames", any.Error, StringComparison.Ordinal);
        await Generate("small.png", "--video", folder.File("in.y4m"), "--any-size", "on", "--width", "32", "--height", "48");
        await CliRun.Done("generate", "--from", folder.File("small.png"), "-o", folder.File("again.png"), "--overwrite");
        Assert.Equal(Bytes("small.png"), Bytes("again.png"));
    }

    // What is written where there is no ffmpeg.
    [Fact]
    public async Task OurAnimatedPngsAreReadBack()
    {
        await Generate("first.png");
        CliRun run = await Generate("second.png", "--video", folder.File("first.png"));
        Assert.Contains("took all 17 frames.", run.Error, StringComparison.Ordinal);
        run = await CliRun.Done("encode", folder.File("first.png"), "-o", folder.File("latents.safetensors"));
        Assert.Contains("took all 17 frames.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCantBeIsRefusedUnderTheOption()
    {
        string video = folder.File("in.y4m");
        await CliRun.Done("generate", "a red circle", "--steps", "2", "-o", video);
        await Fails(["--image", Picture], "--image: this model can't go on from a picture; CogVideoX-5b-I2V and");
        await Fails(["--model", Image5b], "--image: this model goes on from a picture; give one");
        await Fails(["--model", Image5b, "--image", Picture, "--video", video], "--video: this model goes on from a picture");
        await Fails(["--model", Image5b, "--image", Picture, "--width", "112"], "--width: 112 pixels can't be made", "or give 96");
        await Fails(["--model", Image5b, "--image", "nowhere.png"], "--image: ", "isn't there");
        await Fails(["--model", Image5b, "--image", Picture, "--background", "green"], "--background: 'green' is no colour");
        await Fails(["--model", Image5b, "--image", Picture, "--image-latent-scale", "0"], "--image-latent-scale: 0 can't be");
        await Fails(["--video", "nowhere.mp4"], "--video: ", "isn't there");
        await Fails(["--video", video, "--frames", "25"], "--video: ", "too short", "take 17 frames");
        await Fails(["--video", video, "--frames", "9", "--any-size", "on"], "--frames: with --any-size all frames");
        await Fails(["--video", video, "--strength", "0"], "--strength: A strength of 0 can't be");
        await Fails(["--video", video, "--strength", "0.1"], "--strength: A strength of 0.1 leaves none of 2 steps");
        await Fails(["--strength", "0.5"], "--strength: there is no video");
        await Fails(["--background", "white"], "--background: there is no picture");
        await Fails(["--fit", "pad"], "--fit: there is nothing to fit");
        await Fails(["--image-latent-scale", "1"], "--image-latent-scale: there is no picture");
    }

    // The frames come last: this video's second is damaged, which whoever decodes it would say.
    [Fact]
    public async Task WhatIsRefusedIsRefusedAloneAndBeforeAFrameIsDecoded()
    {
        string video = Y4m("in.y4m", width: 64, height: 64, frames: 17, damaged: 1);
        File.WriteAllText(folder.File("taken.png"), "precious");
        await Refuses("--output: ", "exists", "-o", folder.File("taken.png"));
        await Refuses("--strength: ", "leaves none", "--strength", "0.01");
        await Refuses("--steps: ", "0 steps", "--steps", "0");
        await Refuses("--video: ", "this model goes on from a picture", "--model", Image5b);
        await Refuses("--frames: ", "20 isn't 8·N + 1", "--frames", "20");
        await Refuses("--video: ", "too short", "--frames", "33");
        await Refuses("--width: ", "70 isn't a multiple", "--width", "70");
        await Refuses("--video: ", "is a damaged Y4M file: frame 2");

        Task Refuses(string option, string says, params string[] options) => CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a red circle", "--video", video, .. Named(options)], $"cogvideox: {option}", says);

        string[] Named(string[] options) => options.Contains("-o") ? options : [.. options, "-o", folder.File("refused.png")];
    }

    [Theory]
    [InlineData(64, 64, "--width 32 --height 48", "resized 64×64 to 48×48, cropped to 32×48", 32, 48)]
    [InlineData(64, 64, "--width 32 --height 48 --fit pad", "resized 64×64 to 32×32, padded to 32×48", 32, 48)]
    [InlineData(64, 64, "--width 32", "cropped from 64×64 to 32×64", 32, 64)]
    [InlineData(63, 65, "", "resized 63×65 to 64×66, cropped to 64×64", 64, 64)]
    [InlineData(4, 70, "--fit stretch", "resized 4×70 to 16×64, the ratio not kept", 16, 64)]
    [InlineData(48, 32, "", "took all 5 frames.", 48, 32)]
    public async Task AtAnySizeASizeIsTheOneThatIsGivenOrTheNearestToTheVideos(
        int width, int height, string options, string says, int madeWidth, int madeHeight)
    {
        string video = Y4m("in.y4m", width, height, frames: 5);
        string[] given = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        CliRun run = await Generate("any.y4m", ["--video", video, "--any-size", "on", .. given]);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        VideoProbe probe = VideoProbe.Of(folder.File("any.y4m"));
        Assert.Equal((madeWidth, madeHeight, 8L), (probe.Width, probe.Height, probe.FrameCount));
    }

    [Theory]
    [InlineData(5, true)]
    [InlineData(9, false)]
    public async Task WhatWouldTakeAllFramesOfAShortVideoIsSaid(int frames, bool isSaid)
    {
        CliRun run = await Generate("short.png", "--video", Y4m("in.y4m", width: 64, height: 64, frames));
        Assert.Contains("It is too short for 17 frames.", run.Error, StringComparison.Ordinal);
        Assert.Equal(isSaid, run.Error.Contains("--any-size on takes all of its frames.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AtAnySizeTooManyFramesAreRefusedUnderTheVideo()
    {
        string video = Y4m("in.y4m", width: 16, height: 16, frames: 1002);
        await Fails(
            ["--video", video, "--any-size", "on"], "--video: it has 1002 frames", "Leave --any-size out, or cut the video to 1001 frames");
        await Fails(["--video", video, "--any-size", "on", "--width", "20"], "--width: 20 isn't a multiple of 16");
    }

    // Grey frames; the marks of those from some on are no marks.
    private string Y4m(string name, int width, int height, int frames, int damaged = int.MaxValue)
    {
        using var file = new StreamWriter(folder.File(name)) { NewLine = "\n" };
        file.WriteLine($"YUV4MPEG2 W{width} H{height} F8:1 Ip A1:1 Cmono");
        for (int i = 0; i < frames; i++)
        {
            file.WriteLine(i < damaged ? "FRAME" : "FRAMO");
            file.Write(new string((char)(40 + i % 80), width * height));
        }
        return folder.File(name);
    }

    private async Task<CliRun> Generate(string name, params string[] options) =>
        await CliRun.Done(["generate", "a red circle", "--steps", "2", "-o", folder.File(name), .. options]);

    private async Task Fails(string[] options, params string[] says)
    {
        CliRun run = await CliRun.Of(["generate", "a red circle", "--steps", "2", "-o", folder.File("refused.png"), .. options]);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.All(says, text => Assert.Contains(text, run.Error, StringComparison.Ordinal));
        Assert.False(File.Exists(folder.File("refused.png")));
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(folder.File(name));
}
