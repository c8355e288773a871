using System.Text.Json;
using CogVideoX.Cli.Tests.Running;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>doctor</c>.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Looked = ["runtime", "cpu", "memory", "ffmpeg", "gpu", "ptxas", "devices"];

    [Fact]
    public async Task TextNamesEverythingThatWasLookedFor()
    {
        CliRun run = await CliRun.Done("doctor");
        Assert.All(Looked, name => Assert.Matches($"(?m)^(ok     |missing)  {name} ", run.Output));
    }

    [Fact]
    public async Task JsonHoldsTheSame()
    {
        using JsonDocument document = JsonDocument.Parse((await CliRun.Done("doctor", "--json")).Output);
        IEnumerable<string> names = document.RootElement.EnumerateArray().Select(finding => finding.GetProperty("name").GetString()!);
        Assert.Equal(Looked, names.Where(name => name != "tiles")); // of which there is one a card with CUDA
    }
}
