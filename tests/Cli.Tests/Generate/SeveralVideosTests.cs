using CogVideoX.Cli.Tests.Running;
using CogVideoX.Cli.Verbs;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Several videos of one command are the same as each of its own command.</summary>
public sealed class SeveralVideosTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task NextVideoHasTheNextSeed()
    {
        CliRun run = await Generate(
            "a red circle", "--seed", "7", "--num-videos", "2", "-o", folder.File("clip.safetensors"), "--save-latents",
            folder.File("l.safetensors"));
        Assert.Equal([folder.File("clip-01.safetensors"), folder.File("clip-02.safetensors")], run.Lines);
        await Generate("a red circle", "--seed", "8", "-o", folder.File("eight.safetensors"));
        Assert.Equal(Frames("eight"), Frames("clip-02"));
        Assert.NotEqual(Frames("clip-01"), Frames("clip-02"));
        Assert.True(File.Exists(folder.File("l-01.safetensors")) && File.Exists(folder.File("l-02.safetensors")));
    }

    [Fact]
    public async Task LastSeedIsFollowedByTheFirst()
    {
        await Generate("a red circle", "--seed", $"{ulong.MaxValue}", "--num-videos", "2", "-o", folder.File("clip.safetensors"));
        await Generate("a red circle", "--seed", "0", "-o", folder.File("zero.safetensors"));
        Assert.Equal(Frames("zero"), Frames("clip-02"));
    }

    [Fact]
    public async Task PromptsOfAFileDontDependOnTheirPlace()
    {
        File.WriteAllText(folder.File("prompts.txt"), "a blue square\n\n  \na red circle\r\n");
        CliRun run = await Generate("--prompt-file", folder.File("prompts.txt"), "-o", folder.File("clip.safetensors"));
        Assert.Equal(2, run.Lines.Length);
        await Generate("a red circle", "-o", folder.File("alone.safetensors"));
        Assert.Equal(Frames("alone"), Frames("clip-02"));
    }

    [Fact]
    public async Task BadLineOfAFileIsNamedBeforeAnyVideoIsMade()
    {
        File.WriteAllText(folder.File("prompts.txt"), "a blue square\n\na red\0circle\n");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--prompt-file", folder.File("prompts.txt"), "-o", folder.File("clip.png")],
            "--prompt-file: line 3: character 6 is U+0000");
        Assert.Equal(["prompts.txt"], folder.Names);
    }

    [Theory]
    [InlineData(new byte[0], "holds no prompt")]
    [InlineData(new byte[] { 0x20, 0x0A }, "holds no prompt")]
    [InlineData(new byte[] { 0x61, 0xFF, 0xFE }, "isn't UTF-8 text: line 1 has a byte")]
    public async Task FileWithoutPromptsIsRefused(byte[] contents, string says)
    {
        File.WriteAllBytes(folder.File("prompts.txt"), contents);
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "--prompt-file", folder.File("prompts.txt")], "--prompt-file: ", says);
    }

    [Fact]
    public async Task AbsurdNumbersAreRefused()
    {
        File.WriteAllText(folder.File("prompts.txt"), "a\nb\n");
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "a", "--num-videos", "0"], "--num-videos: 0 videos");
        await CliRun.Fails(ExitCode.WrongUsage, ["generate", "a", "--num-videos", "10001"], "--num-videos: 10001 videos");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "--prompt-file", folder.File("prompts.txt"), "--num-videos", "5001"],
            "--prompt-file: 2 prompts of 5001 videos");
        await CliRun.Fails(
            ExitCode.WrongUsage, ["generate", "a", "--prompt-file", folder.File("prompts.txt")], "--prompt-file: give either");
    }

    [Theory]
    [InlineData("a.mp4", 0, 1, "a.mp4")]
    [InlineData("a.mp4", 0, 2, "a-01.mp4")]
    [InlineData("some.folder/a", 8, 9, "some.folder/a-09")]
    [InlineData("a/", 1, 3, "a-02/")]
    [InlineData("a.b.png", 99, 100, "a.b-100.png")]
    public void NamesAreNumbered(string path, int index, int count, string expected) =>
        Assert.Equal(expected, GenerateJobs.Numbered(path, index, count));

    private static Task<CliRun> Generate(params string[] args) =>
        CliRun.Done(["generate", .. args, "--model", CliRun.Tiny, "--steps", "2"]);

    private float[] Frames(string name)
    {
        using SafetensorsFile file = SafetensorsFile.Open(folder.File(name + ".safetensors"));
        return file["frames"].ToFloats();
    }
}
