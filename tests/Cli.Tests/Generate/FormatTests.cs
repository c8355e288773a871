using CogVideoX.Cli.Tests.Running;
using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Generate;

/// <summary>Every output that needs no other program.</summary>
public sealed class FormatTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("clip.png")]
    [InlineData("clip.y4m")]
    [InlineData("clip.safetensors")]
    [InlineData("clip/")]
    public async Task VideoIsWrittenAndItsPathPrinted(string name)
    {
        CliRun run = await CliRun.Done("generate", "a red circle", "--model", CliRun.Tiny, "--steps", "2", "-o", folder.File(name));
        Assert.Equal([folder.File(name)], run.Lines);
        if (name.EndsWith('/'))
            Assert.Equal(9, Directory.GetFiles(folder.File(name), "*.png").Length);
        GenerationMetadata metadata = VideoMetadata.Read(folder.File(name));
        string model = Path.GetRelativePath(Environment.CurrentDirectory, CliRun.Tiny);
        Assert.Equal(("a red circle", 42UL, model), (metadata.Prompt, metadata.Seed, metadata.Settings["model"]!.GetValue<string>()));
        Assert.Equal([name.TrimEnd('/')], folder.Names.Where(entry => !entry.EndsWith(".json", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task MessagesAreOnStandardErrorAndNothingIsDrawnThere()
    {
        CliRun run = await CliRun.Done("generate", "a red circle", "--model", CliRun.Tiny, "--steps", "2", "-o", folder.File("clip.png"));
        Assert.Contains("9 frames of 96×64 at 8 a second, 2 steps of ddim, guidance 6, seed 42", run.Error);
        Assert.Matches("encode .*s, sample .*s, decode .*s, write .*s; peak memory [0-9.]+ [MG]B", run.Error);
        Assert.DoesNotContain('\u001B', run.Error);
        Assert.DoesNotContain('━', run.Error);
        Assert.Equal(2, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task UnnamedVideoIsCalledAfterItsPromptAndNeverReplacesAnother()
    {
        foreach (string expected in (string[])["a-red-circle-on-gray-42.png", "a-red-circle-on-gray-42-2.png"])
        {
            CliRun run = await ProgramRun.Of(folder.Path, [], "generate", "A red circle, on gray!", "--model", CliRun.Tiny, "--steps", "1");
            Assert.Equal(ExitCode.Done, run.Code);
            Assert.Equal(Path.Combine(folder.Path, expected), run.Output.Trim());
            Assert.Contains("no working ffmpeg is on PATH", run.Error);
        }
        Assert.Equal(["a-red-circle-on-gray-42-2.png", "a-red-circle-on-gray-42.png"], folder.Names);
    }

    [Fact]
    public async Task CutPromptIsWarnedOf()
    {
        string prompt = string.Concat(Enumerable.Repeat("a red circle moving left ", 8)) + "zebra";
        CliRun run = await CliRun.Done("generate", prompt, "--model", CliRun.Tiny, "--steps", "1", "-o", folder.File("clip.png"));
        Assert.Contains("warning: The prompt is longer than 26 tokens", run.Error);
    }
}
