using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>The commands of the pages about tasks run, in their order.</summary>
public sealed partial class TaskPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, int> Pages { get; } = new()
    {
        { "text-to-video.md", 3 },
        { "image-to-video.md", 4 },
        { "video-to-video.md", 5 },
        { "lora.md", 5 },
        { "previews.md", 3 },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task CommandsRun(string name, int count)
    {
        string[] commands = CommandsOf(name);
        Assert.Equal(count, commands.Length);
        Directory.CreateDirectory(folder.File("tests"));
        Directory.CreateSymbolicLink(folder.File("tests/Goldens"), Golden.Path("")); // as in a clone, but for what they write
        foreach (string command in commands)
        {
            CliRun run = await ProgramRun.OfShell(folder.Path, $"\"$@\" {command}");
            Assert.True(run.Code == ExitCode.Done, $"{command}\n{run.Error}");
        }
    }

    // Whoever follows two pages in one folder isn't told that a file exists.
    [Fact]
    public void EachWritesFilesOfItsOwn()
    {
        string[] files =
        [
            .. Pages.SelectMany(page => CommandsOf(page.Data.Item1)).Select(command => Output().Match(command))
                .Where(match => match.Success).Select(match => match.Groups[1].Value),
        ];
        Assert.InRange(files.Length, 14, int.MaxValue);
        Assert.Equal(files.Distinct(), files);
    }

    private static string[] CommandsOf(string page) =>
        [.. Command().Matches(File.ReadAllText(Path.Combine(Golden.Root, "docs", page))).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(" -o ([^ ]+)")]
    private static partial Regex Output();

    [GeneratedRegex("^cogvideox (.*)$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
