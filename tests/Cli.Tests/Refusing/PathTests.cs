using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Refusing;

/// <summary>Texts that can't be paths are refused before anything is opened, by the option that has them.</summary>
public sealed class PathTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string[]> Paths => new()
    {
        { "--model", ["generate", "a", "--model", "?"] },
        { "--prompt-file", ["generate", "--prompt-file", "?"] },
        { "--from", ["generate", "--from", "?"] },
        { "--init-latents", ["generate", "a", "--init-latents", "?"] },
        { "--save-latents", ["generate", "a", "--save-latents", "?"] },
        { "--trace", ["generate", "a", "--trace", "?"] },
        { "--output", ["generate", "a", "-o", "?"] },
        { "--output-dir", ["generate", "a", "--output-dir", "?"] },
        { "model", ["inspect", "?"] },
        { "--cases", ["kernels", "verify", "--cases", "?"] },
        { "latents", ["decode", "?", "-o", "a.png"] },
        { "--output", ["decode", "a.safetensors", "-o", "?"] },
        { "--model", ["decode", "a.safetensors", "-o", "a.png", "--model", "?"] },
        { "--model", ["tokenize", "a", "--model", "?"] },
        { "--output", ["init", "--preset", "tiny", "--output", "?"] },
        { "file", ["info", "?"] },
        { "--model", ["bench", "--model", "?"] },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task EmptyOnesAndZeroCharactersAreRefused(string option, string[] args)
    {
        foreach ((string path, string says) in new[] { ("", "it is empty"), (" ", "it is empty"), ("a\0b", "it holds a zero character") })
            await CliRun.Fails(ExitCode.WrongUsage, [.. args.Select(arg => arg == "?" ? path : arg)], $"cogvideox: {option}: {says}");
    }

    [Theory]
    [InlineData("text", "a text file")]
    [InlineData("", "empty")]
    [InlineData("\u0089PNG\r\n\u001A\n", "a PNG picture")]
    [InlineData("GIF89a", "a GIF picture")]
    [InlineData("\0\0\0\u0018ftypisom", "an MP4 video")]
    [InlineData("YUV4MPEG2 W64", "a Y4M video")]
    [InlineData("GGUF\u0003\0\0\0", "a GGUF file")]
    [InlineData("PK\u0003\u0004", "a PyTorch pickle file")]
    public async Task WhatIsNoFileOfLatentsIsNamedAsWhatItIs(string start, string says)
    {
        File.WriteAllBytes(folder.File("file"), System.Text.Encoding.Latin1.GetBytes(start));
        string[] args = ["decode", folder.File("file"), "-o", folder.File("a.png")];
        await CliRun.Fails(ExitCode.WrongUsage, args, "latents: ", $"is {says}", "--save-latents");
        Assert.Equal(["file"], folder.Names);
    }

    [Fact]
    public async Task FolderIsNoFileOfLatents() =>
        await CliRun.Fails(ExitCode.WrongUsage, ["decode", folder.Path, "-o", folder.File("a.png")], "latents: ", "is a folder");
}
