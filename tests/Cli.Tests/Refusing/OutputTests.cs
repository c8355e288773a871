using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Refusing;

/// <summary>Files that can't be written are found before anything runs; files that exist stay unless --overwrite is given.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("clip.avi", "'.avi' is not a known video format; use .mp4")]
    [InlineData("clip", "has no ending")]
    [InlineData("no/such/clip.png", "create it first")]
    public async Task OutputThatCantBeWrittenIsRefused(string name, string says)
    {
        await CliRun.Fails(ExitCode.WrongUsage, Generate("-o", folder.File(name)), "--output: ", says);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task FolderThatNobodyMayWriteToIsNamed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs a folder that not even root may write to");
        await CliRun.Fails(ExitCode.WrongUsage, Generate("-o", "/proc/clip.png"), "--output: '/proc/clip.png'", "choose another place");
        await CliRun.Fails(
            ExitCode.WrongUsage, Generate("-o", folder.File("clip.png"), "--trace", "/proc/trace"),
            "--trace: the folder /proc can't be written to");
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("--output")]
    [InlineData("--save-latents")]
    [InlineData("--trace")]
    public async Task ExistingFileStaysUnlessItMayBeReplaced(string option)
    {
        string file = folder.File("taken.safetensors");
        File.WriteAllText(file, "precious");
        string[] args = option == "--output" ? Generate(option, file) : Generate(option, file, "-o", folder.File("clip.png"));
        await CliRun.Fails(ExitCode.WrongUsage, args, $"{option}: ", "exists", "--overwrite");
        Assert.Equal("precious", File.ReadAllText(file));
        Assert.Equal(["taken.safetensors"], folder.Names);
        await CliRun.Done([.. args, "--overwrite"]);
        Assert.NotEqual("precious", File.ReadAllText(file)[..8]);
    }

    public static TheoryData<string> Specials => new(SpecialFile.Kinds);

    // A rename would put a file in its place; with --overwrite, too.
    [Theory]
    [MemberData(nameof(Specials))]
    public async Task WhatIsNoFileStays(string kind)
    {
        string special = SpecialFile.Make(folder.File("special.safetensors"), kind);
        foreach (string option in new[] { "--output", "--save-latents", "--trace" })
        {
            string[] args = option == "--output" ? Generate(option, special) : Generate(option, special, "-o", folder.File("clip.png"));
            await CliRun.Fails(ExitCode.WrongUsage, args, $"{option}: ", $"is {kind}");
            await CliRun.Fails(ExitCode.WrongUsage, [.. args, "--overwrite"], $"{option}: ", $"is {kind}");
        }
        await CliRun.Fails(ExitCode.WrongUsage, ["init", "--preset", "tiny", "-o", special], "--output: ", "exists already");
        await CliRun.Fails(ExitCode.WrongUsage, ["info", special], "file: ", $"is {kind}"); // which reading would wait for
        await CliRun.Fails(ExitCode.WrongUsage, ["decode", special, "-o", folder.File("clip.png")], "latents: ", $"is {kind}");
        Assert.Equal(kind, SpecialFile.KindOf(special));
        Assert.Equal(["special.safetensors"], folder.Names);
    }

    [Theory]
    [InlineData("--quality: ", "clip.png", "--quality", "50")]
    [InlineData("--codec: ", "clip.y4m", "--codec", "h264")]
    public async Task WhatAFormatLacksIsToldOfTheOption(string says, string name, params string[] options)
    {
        await CliRun.Fails(ExitCode.WrongUsage, Generate([.. options, "-o", folder.File(name)]), $"cogvideox: {says}");
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task FolderForVideosMayBeNoFile()
    {
        string file = folder.File("file");
        File.WriteAllText(file, "");
        await CliRun.Fails(ExitCode.WrongUsage, Generate("--output-dir", file), "--output-dir: ", "is a file; name a folder");
    }

    [Fact]
    public async Task OneFileForTwoThingsIsRefused()
    {
        string file = folder.File("clip.safetensors");
        await CliRun.Fails(ExitCode.WrongUsage, Generate("-o", file, "--save-latents", file), "--save-latents: ", "already");
        await CliRun.Fails(ExitCode.WrongUsage, Generate("-o", file, "--trace", file, "--overwrite"), "--trace: ", "already");
        Assert.Empty(folder.Names);
    }

    // A folder of pictures is read as much as a file is.
    [Fact]
    public async Task WhatTheVideoIsMadeFromStays()
    {
        string frames = folder.File("frames"), first = Path.Combine(frames, "0001.png");
        await CliRun.Done(Generate("-o", frames + "/"));
        byte[] before = File.ReadAllBytes(first);
        int count = Directory.GetFiles(frames).Length;
        string[] options = ["--video", frames, "--steps", "4", "--overwrite"];
        await Refuses("--output: ", "it would replace what the video is made from", "-o", frames + "/");
        await Refuses("--output: ", "it would replace what the video is made from", "-o", first);
        await Refuses("--save-latents: ", "is among what is read from", "-o", folder.File("a.png"), "--save-latents", first);
        Assert.Equal(["frames"], folder.Names);
        Assert.Equal(before, File.ReadAllBytes(first));
        Assert.Equal(count, Directory.GetFiles(frames).Length);

        Task Refuses(string option, string says, params string[] more) => CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a cat", "--model", CliRun.Tiny, .. options, .. more], option, says);
    }

    [Fact]
    public async Task LaterVideoIsCheckedBeforeTheFirstIsMade()
    {
        File.WriteAllText(folder.File("clip-02.png"), "precious");
        await CliRun.Fails(ExitCode.WrongUsage, Generate("--num-videos", "2", "-o", folder.File("clip.png")), "clip-02.png");
        Assert.Equal(["clip-02.png"], folder.Names);
    }

    [Fact]
    public async Task VideoWithoutSettingsCantBeRepeated()
    {
        File.WriteAllText(folder.File("notes.png"), "not a picture");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--from", folder.File("notes.png"), "-o", folder.File("clip.png")], "--from: ", "notes.png");
        string latents = folder.File("latents.safetensors");
        await CliRun.Done(Generate("--save-latents", latents, "-o", folder.File("clip.png")));
        await CliRun.Done("decode", latents, "--model", CliRun.Tiny, "-o", folder.File("decoded.png"));
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--from", folder.File("decoded.png"), "-o", folder.File("again.png")], "--from: ",
            "holds no settings");
    }

    private static string[] Generate(params string[] args) => ["generate", "a cat", "--model", CliRun.Tiny, "--steps", "1", .. args];
}
