using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>The commands of the pages about tasks run, in their order.</summary>
public sealed partial class TaskPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("text-to-video.md", 3)]
    [InlineData("image-to-video.md", 4)]
    [InlineData("video-to-video.md", 5)]
    [InlineData("lora.md", 5)]
    [InlineData("previews.md", 3)]
    public async Task CommandsRun(string name, int count)
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Golden.Root, "docs", name), TestContext.Current.CancellationToken);
        string[] commands = [.. Command().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(count, commands.Length);
        Directory.CreateDirectory(folder.File("tests"));
        Directory.CreateSymbolicLink(folder.File("tests/Goldens"), Golden.Path("")); // as in a clone, but for what they write
        foreach (string command in commands)
        {
            CliRun run = await ProgramRun.OfShell(folder.Path, $"\"$@\" {command}");
            Assert.True(run.Code == ExitCode.Done, $"{command}\n{run.Error}");
        }
    }

    [GeneratedRegex("^cogvideox (.*)$", RegexOptions.Multiline)]
    private static partial Regex Command();
}
