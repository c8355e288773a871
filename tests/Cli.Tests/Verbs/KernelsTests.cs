using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>kernels</c>.</summary>
public sealed class KernelsTests
{
    private static readonly string[] Samples = ["--assembly", Path.Combine(AppContext.BaseDirectory, "CogVideoX.Samples.Kernels.dll")];
    private static readonly string[] WithCases = [.. Samples, "--cases", Path.Combine(AppContext.BaseDirectory, "cases")];

    /// <summary>What to do instead is told with the whole command line.</summary>
    [Theory]
    [InlineData("verify")]
    [InlineData("profile")]
    public Task LaunchesOfTheProgramsOwnKernelsAreNowhere(string verb) =>
        CliRun.Fails(
            ExitCode.WrongUsage, ["kernels", verb, "linear_square_bf16"], "--cases", "This program's own are tried by its tests",
            "CogVideoX.Samples.Kernels.dll", "--cases samples/Kernels/bin/Release/net10.0/cases");

    [Fact]
    public async Task TheProgramsOwnKernelsAreListedAndShown()
    {
        Assert.Contains(
            (await CliRun.Done(["kernels", "list"])).Lines, line => line.StartsWith("linear_square_bf16 ", StringComparison.Ordinal));
        Assert.Contains(".visible .entry linear_few_rows_f16(", (await CliRun.Done(["kernels", "show", "linear_few_rows_f16"])).Output);
    }

    // 226 text and 13·30·45 video tokens, twice; a block's operations as docs/measurements.md has them.
    [Fact]
    public async Task LaunchesOfABlockAreListedAndCounted()
    {
        CliRun run = await CliRun.Done(["kernels", "launches", "--preset", "2b"]);
        Assert.Contains("rows 35552 outputs 7680 inputs 1920; bias, GeluTanh", run.Output, StringComparison.Ordinal);
        Assert.Contains("13 launches a block: 8.10 TFLOP", run.Output, StringComparison.Ordinal);
        Assert.Contains("409 an evaluation: 12 before the blocks, 30 × 13, 7 behind them", run.Output, StringComparison.Ordinal);
        JsonNode json = JsonNode.Parse((await CliRun.Done(["kernels", "launches", "--preset", "tiny", "--gpu", "3060", "--json"])).Output)!;
        JsonArray block = json["block"]!.AsArray();
        Assert.Equal(13, block.Count);
        Assert.All(block, launch => Assert.True(launch!["threads"]!.GetValue<int>() > 0 && launch["grid"]![0]!.GetValue<int>() > 0));
    }

    [Theory]
    [InlineData("--preset", "3b", "--preset")]
    [InlineData("--gpu", "voodoo", "--gpu")]
    public Task LaunchesAreOfKnownModelsAndCards(string option, string value, string named) => CliRun.Fails(
        ExitCode.WrongUsage, ["kernels", "launches", .. option == "--gpu" ? (string[])["--preset", "2b"] : [], option, value], named);

    [Fact]
    public async Task ListsEachKernelWithWhatItNeeds()
    {
        CliRun run = await CliRun.Done(["kernels", "list", .. Samples]);
        Assert.Contains(
            run.Lines,
            l => l.StartsWith("gemm_mma_bf16 ", StringComparison.Ordinal) && l.Contains(" sm_80 ", StringComparison.Ordinal)
                && l.Contains("128 threads", StringComparison.Ordinal));
        Assert.Contains(
            run.Lines,
            l => l.StartsWith("wgmma_specialised ", StringComparison.Ordinal) && l.Contains(" sm_90a ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ShowsPtxForATarget()
    {
        CliRun run = await CliRun.Done(["kernels", "show", "vector_add", "--target", "sm_89", .. Samples]);
        Assert.Contains(".target sm_89", run.Output);
        Assert.Contains(".visible .entry vector_add(", run.Output);
    }

    [Fact]
    public async Task VerifyPrintsALineAKernel()
    {
        CliRun run = await CliRun.Done(["kernels", "verify", "vector_add", "block_sum", .. WithCases]);
        Assert.Collection(
            run.Lines, line => Assert.Matches("^ok +vector_add .* as expected$", line),
            line => Assert.Matches("^ok +block_sum .* as expected$", line));
    }

    [Fact]
    public async Task ListPrintsOneArrayAsJson()
    {
        using JsonDocument kernels = JsonDocument.Parse((await CliRun.Done(["kernels", "list", "--json", .. Samples])).Output);
        Assert.Contains(
            kernels.RootElement.EnumerateArray(),
            kernel => kernel.GetProperty("name").GetString() == "gemm_mma_bf16" && kernel.GetProperty("lines").GetInt32() > 0);
    }

    [Fact]
    public async Task VerifyPrintsOneArrayAsJsonWithTheMutantsInIt()
    {
        using JsonDocument answers = JsonDocument.Parse(
            (await CliRun.Done(["kernels", "verify", "vector_add", "block_sum", "--json", .. WithCases])).Output);
        Assert.Equal(
            ["vector_add", "block_sum"], answers.RootElement.EnumerateArray().Select(answer => answer.GetProperty("kernel").GetString()!));
        using JsonDocument mutated = JsonDocument.Parse(
            (await CliRun.Done(["kernels", "verify", "block_sum", "--json", "--mutations", .. WithCases])).Output);
        Assert.True(mutated.RootElement[0].GetProperty("mutations")[0].GetProperty("caught").GetBoolean());
    }

    [Fact]
    public async Task ACaseThatCannotBeRunIsToldAndTheNextStillRuns()
    {
        using TemporaryFolder folder = Cases("vector_add", "block_sum");
        await File.WriteAllTextAsync(folder.File("block_sum.json"), "{}", TestContext.Current.CancellationToken);
        foreach (string verb in new[] { "verify", "profile" })
        {
            CliRun run = await CliRun.Of(["kernels", verb, "block_sum", "vector_add", "--cases", folder.Path, .. Samples]);
            Assert.Equal(ExitCode.WrongUsage, run.Code);
            Assert.Contains("vector_add", run.Lines[0]);
            Assert.Equal($"cogvideox: {folder.File("block_sum.json")}: 'name' is missing\n", run.Error);
        }
    }

    [Theory]
    [InlineData(", \"params\": [", ", \"params\": [{\"s32\": 1}, ", "parameters; vector_add has 4")]
    [InlineData("{\"buffer\": \"a\"}", "{\"s32\": 1}", "no buffer for parameter 'a'")]
    [InlineData("{\"buffer\": \"a\"}", "{\"buffer\": \"none\"}", "there is no buffer 'none'")]
    public async Task ACaseOfOtherParametersIsToldInALine(string part, string instead, string says)
    {
        using TemporaryFolder folder = Cases("vector_add");
        JsonNode one = JsonNode.Parse(await File.ReadAllTextAsync(folder.File("vector_add.json"), TestContext.Current.CancellationToken))!;
        string text = one.ToJsonString().Replace(":", ": ", StringComparison.Ordinal).Replace(",", ", ", StringComparison.Ordinal);
        Assert.Contains(part, text);
        await File.WriteAllTextAsync(
            folder.File("vector_add.json"), text.Replace(part, instead, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        await CliRun.Fails(
            ExitCode.WrongUsage, [
                "kernels", "verify", "vector_add", "--cases", folder.Path, .. Samples], folder.File("vector_add.json"), says);
    }

    /// <summary>Without a sound launch there is nothing to weaken.</summary>
    [Fact]
    public async Task AWrongKernelIsNotWeakened()
    {
        using TemporaryFolder folder = Cases("vector_add");
        CliRun run = await CliRun.Of(
            ["kernels", "verify", "vector_add", "--mutations", "--max-launch-instructions", "5", "--cases", folder.Path, .. Samples]);
        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.StartsWith("FAIL", Assert.Single(run.Lines));
    }

    private static TemporaryFolder Cases(params string[] names)
    {
        var folder = new TemporaryFolder();
        foreach (string file in names.SelectMany(name => new[] { name + ".json", name + ".safetensors" }).Append("simt.ptx"))
            File.Copy(Golden.Path($"ptx-cases/{file}"), folder.File(file));
        return folder;
    }

    [Fact]
    public async Task MutationsAreCounted()
    {
        CliRun run = await CliRun.Done(["kernels", "verify", "block_sum", "--mutations", .. WithCases]);
        Assert.Matches("2 of 2 mutants caught|1 of 1 mutants caught", run.Output);
    }

    [Fact]
    public async Task ProfileHoldsTheCountersOfBoth()
    {
        using JsonDocument report = JsonDocument.Parse(
            (await CliRun.Done(["kernels", "profile", "transpose", "--json", .. WithCases])).Output);
        foreach (string side in new[] { "report", "reference" })
        {
            Assert.True(
                report.RootElement[0].GetProperty(side).GetProperty("launch").GetProperty("counters").GetProperty("warp_instructions")
                    .GetInt64() > 0);
        }
        Assert.Contains("bank conflicts", (await CliRun.Done(["kernels", "profile", "transpose", .. WithCases])).Output);
    }

    [Fact]
    public Task AnUnknownKernelIsNamedWithThoseThatThereAre() =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show", "no_such", .. Samples], "vector_add");

    [Fact]
    public Task AnUnknownTargetIsRefused() =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show", "vector_add", "--target", "sm_70", .. Samples], "sm_80");

    [Fact]
    public Task AMissingFolderOfCasesIsNamed() =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "verify", "--cases", "/no/such"], "/no/such");

    [Fact]
    public Task AnEmptyFolderNameIsRefused() =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "verify", "--cases", ""], "--cases: it is empty");

    [Fact]
    public Task WithoutAVerbThoseThatThereAreAreListed() =>
        CliRun.Fails(
            ExitCode.WrongUsage, ["kernels"], "a verb of kernels is missing; there are list, show, verify, profile, launches.",
            "cogvideox kernels --help");

    [Fact]
    public Task AnUnknownVerbIsNamedWithThoseThatThereAre() =>
        CliRun.Fails(
            ExitCode.WrongUsage, ["kernels", "frob"], "'frob' is no verb", "list, show, verify, profile", "cogvideox kernels --help");

    [Fact]
    public Task TheHintHasTheWholePath() => CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show"], "cogvideox kernels show --help");
}
