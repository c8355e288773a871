using System.Text.Json;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>ptx run</c>.</summary>
public sealed class PtxTests
{
    private static readonly string Sound = Golden.Path("ptx-cases/vector_add.json"), Defective = Golden.Path("ptx-cases/bad_race.json");

    [Fact]
    public async Task PrintsALineACase()
    {
        CliRun run = await CliRun.Done("ptx", "run", Sound, Defective);
        Assert.Collection(run.Lines, line => Assert.Matches("^ok +vector_add .* as expected$", line), line => Assert.Matches("^ok +bad_race .* found: race", line));
    }

    [Fact]
    public async Task JsonHoldsTheFaultAndTheCounters()
    {
        using JsonDocument report = JsonDocument.Parse((await CliRun.Done("ptx", "run", Defective, "--json")).Output);
        Assert.Equal("race", report.RootElement.GetProperty("launch").GetProperty("fault").GetProperty("kind_text").GetString());
        Assert.True(report.RootElement.GetProperty("launch").GetProperty("counters").GetProperty("warp_instructions").GetInt64() > 0);
    }

    [Fact]
    public async Task ACaseThatIsNotAsItsFileSaysFails()
    {
        using var folder = new TemporaryFolder();
        string wrong = folder.File("wrong.json");
        string text = await File.ReadAllTextAsync(Defective, TestContext.Current.CancellationToken);
        foreach (string needed in new[] { "simt.ptx", "bad_race.safetensors" })
            File.Copy(Golden.Path($"ptx-cases/{needed}"), folder.File(needed));
        await File.WriteAllTextAsync(wrong, text.Replace("\"race", "\"misaligned", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        CliRun run = await CliRun.Of("ptx", "run", wrong);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.StartsWith("FAIL", run.Output);
    }

    [Fact]
    public Task AMissingCaseIsNamed() => CliRun.Fails(ExitCode.Failed, ["ptx", "run", "/no/such/case.json"], "/no/such/case.json");
}
