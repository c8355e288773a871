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
        Assert.Collection(
            run.Lines, line => Assert.Matches("^ok +vector_add .* as expected$", line),
            line => Assert.Matches("^ok +bad_race .* found: race", line));
    }

    [Fact]
    public async Task JsonIsOneArrayWithTheFaultsAndTheCounters()
    {
        using JsonDocument reports = JsonDocument.Parse((await CliRun.Done("ptx", "run", Sound, Defective, "--json")).Output);
        Assert.Equal(
            ["vector_add", "bad_race"], reports.RootElement.EnumerateArray().Select(report => report.GetProperty("name").GetString()!));
        JsonElement launch = reports.RootElement[1].GetProperty("launch");
        Assert.Equal("race", launch.GetProperty("fault").GetProperty("kind_text").GetString());
        Assert.True(launch.GetProperty("counters").GetProperty("warp_instructions").GetInt64() > 0);
    }

    [Fact]
    public async Task JsonOfOneCaseIsAnArrayToo()
    {
        using JsonDocument reports = JsonDocument.Parse((await CliRun.Done("ptx", "run", Sound, "--json")).Output);
        Assert.Equal(1, reports.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task ACaseThatIsNotAsItsFileSaysFails()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await CliRun.Of("ptx", "run", Spoiled(folder, "\"race", "\"misaligned"));
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.StartsWith("FAIL", run.Output);
    }

    [Fact]
    public async Task ACaseThatCannotBeRunIsToldAndTheNextStillRuns()
    {
        using var folder = new TemporaryFolder();
        string spoiled = Spoiled(folder, "\"entry\": \"bad_race\"", "\"entry\": \"fr\\u001b[31mob\"");
        CliRun run = await CliRun.Of("ptx", "run", "/no/such/case.json", spoiled, "", "a\0b", Sound);
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        Assert.Matches("^ok +vector_add ", Assert.Single(run.Lines));
        Assert.Collection(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.Equal("cogvideox: /no/such/case.json: there is no such file", line),
            line => Assert.StartsWith($"cogvideox: {spoiled}: the module has no kernel 'fr\\u001b[31mob'; it has ", line),
            line => Assert.Equal("cogvideox: '': the path is empty", line),
            line => Assert.Equal("cogvideox: a\\u0000b: a path can't hold a NUL character", line));
    }

    [Fact]
    public async Task ACaseThatCannotBeRunCountsMoreThanOneThatIsWrong()
    {
        using var folder = new TemporaryFolder();
        CliRun run = await CliRun.Of("ptx", "run", "/no/such/case.json", Spoiled(folder, "\"race", "\"misaligned"));
        Assert.Equal(ExitCode.WrongUsage, run.Code);
    }

    [Fact]
    public async Task JsonHoldsWhyACaseCannotBeRun()
    {
        CliRun run = await CliRun.Of("ptx", "run", "/no/such/case.json", Sound, "--json");
        Assert.Equal(ExitCode.WrongUsage, run.Code);
        using JsonDocument reports = JsonDocument.Parse(run.Output);
        Assert.Equal("/no/such/case.json", reports.RootElement[0].GetProperty("case").GetString());
        Assert.Contains("no such file", reports.RootElement[0].GetProperty("error").GetString());
        Assert.Equal("vector_add", reports.RootElement[1].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("--max-thread-instructions", "instructions of a thread")]
    [InlineData("--max-launch-instructions", "warp instructions of the launch")]
    public async Task AKernelThatRunsTooLongEndsAtTheLimit(string option, string says)
    {
        CliRun run = await CliRun.Of("ptx", "run", Sound, option, "5");
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains($"endless loop: more than 5 {says}", run.Output);
        Assert.Contains(option, run.Error);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("9223372036854775808")]
    [InlineData("-1")]
    [InlineData("ten")]
    public Task ALimitOfNothingIsRefused(string limit) =>
        CliRun.Fails(ExitCode.WrongUsage, ["ptx", "run", Sound, "--max-thread-instructions", limit], "--max-thread-instructions", limit);

    [Fact]
    public async Task ACancelledRunEnds()
    {
        CliRun run = await CliRun.Until(new CancellationToken(canceled: true), "ptx", "run", Sound);
        Assert.Equal(ExitCode.Interrupted, run.Code);
    }

    [Fact]
    public Task WithoutAVerbThoseThatThereAreAreListed() =>
        CliRun.Fails(ExitCode.WrongUsage, ["ptx"], "a verb of ptx is missing; there are run, check.", "cogvideox ptx --help");

    /// <summary>The defective case with a part of its text exchanged.</summary>
    private static string Spoiled(TemporaryFolder folder, string part, string instead)
    {
        string text = File.ReadAllText(Defective);
        Assert.Contains(part, text);
        foreach (string needed in new[] { "simt.ptx", "bad_race.safetensors" })
            File.Copy(Golden.Path($"ptx-cases/{needed}"), folder.File(needed));
        File.WriteAllText(folder.File("spoiled.json"), text.Replace(part, instead, StringComparison.Ordinal));
        return folder.File("spoiled.json");
    }
}
