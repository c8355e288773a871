using System.Text.Json;
using CogVideoX.Cli.Tests.Running;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>kernels</c>.</summary>
public sealed class KernelsTests
{
    [Fact]
    public async Task ListsEachKernelWithWhatItNeeds()
    {
        CliRun run = await CliRun.Done("kernels", "list");
        Assert.Contains(run.Lines, l => l.StartsWith("gemm_mma_bf16 ", StringComparison.Ordinal) && l.Contains(" sm_80 ", StringComparison.Ordinal) && l.Contains("128 threads", StringComparison.Ordinal));
        Assert.Contains(run.Lines, l => l.StartsWith("wgmma_specialised ", StringComparison.Ordinal) && l.Contains(" sm_90a ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ShowsPtxForATarget()
    {
        CliRun run = await CliRun.Done("kernels", "show", "vector_add", "--target", "sm_89");
        Assert.Contains(".target sm_89", run.Output);
        Assert.Contains(".visible .entry vector_add(", run.Output);
    }

    [Fact]
    public async Task VerifyPrintsALineAKernel()
    {
        CliRun run = await CliRun.Done("kernels", "verify", "vector_add", "block_sum");
        Assert.Collection(run.Lines, line => Assert.Matches("^ok +vector_add .* as expected$", line), line => Assert.Matches("^ok +block_sum .* as expected$", line));
    }

    [Fact]
    public async Task MutationsAreCounted() =>
        Assert.Matches("2 of 2 mutants caught|1 of 1 mutants caught", (await CliRun.Done("kernels", "verify", "block_sum", "--mutations")).Output);

    [Fact]
    public async Task ProfileHoldsTheCountersOfBoth()
    {
        using JsonDocument report = JsonDocument.Parse((await CliRun.Done("kernels", "profile", "transpose", "--json")).Output);
        foreach (string side in new[] { "report", "reference" })
            Assert.True(report.RootElement.GetProperty(side).GetProperty("launch").GetProperty("counters").GetProperty("warp_instructions").GetInt64() > 0);
        Assert.Contains("bank conflicts", (await CliRun.Done("kernels", "profile", "transpose")).Output);
    }

    [Fact]
    public Task AnUnknownKernelIsNamedWithThoseThatThereAre() => CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show", "no_such"], "vector_add");

    [Fact]
    public Task AnUnknownTargetIsRefused() => CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show", "vector_add", "--target", "sm_70"], "sm_80");

    [Fact]
    public Task AMissingFolderOfCasesIsNamed() => CliRun.Fails(ExitCode.WrongUsage, ["kernels", "verify", "--cases", "/no/such"], "/no/such");
}
