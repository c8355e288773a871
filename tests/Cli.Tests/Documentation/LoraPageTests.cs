using System.Text.RegularExpressions;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Documentation;

/// <summary>The commands of docs/lora.md run, in their order.</summary>
public sealed partial class LoraPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task CommandsRun()
    {
        string page = File.ReadAllText(Path.Combine(Golden.Root, "docs", "lora.md"));
        string[] commands = [.. Command().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(5, commands.Length);
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
