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

    [Fact]
    public async Task MicroKernelsOfTheCpuAreListedAndShown()
    {
        CliRun list = await CliRun.Done(["kernels", "show", "--cpu"]);
        Assert.Equal(100, list.Lines.Length); // of each arithmetic, of 1 to as many rows as its tiles have
        Assert.Contains(list.Lines, line => line.StartsWith("bf16:14x2@512 ", StringComparison.Ordinal) && line.Contains("14 × 32"));
        CliRun code = await CliRun.Done(["kernels", "show", "--cpu", "bf16-fma:6x2"]);
        Assert.StartsWith("; bf16-fma:6x2@512: 6 rows × 32 columns, products by vfmadd231ps", code.Output);
        Assert.EndsWith(" ret\n", code.Output);
    }

    [Theory]
    [InlineData("kernel: 'fp64:1x1' is no form; write ARITHMETIC:ROWSxVECTORS@BITS", "--cpu", "fp64:1x1")]
    [InlineData("--source: it is about PTX, and --cpu about machine code", "--cpu", "fp32:1x1", "--source")]
    [InlineData("--target: it is about PTX", "--cpu", "--target", "sm_80")]
    public Task WhatCantBeShownIsRefused(string says, params string[] args) =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show", .. args], says);

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
    public async Task AnOperationIsProfiledOnACardThatIsNotHere()
    {
        string[] arguments = ["kernels", "profile", "linear", "--gpu", "a100", "--shape", "512x512x256", "--ctas", "1"];
        CliRun run = await CliRun.Done(arguments);
        Assert.Equal("linear 512x512x256 in BF16 on A100 SXM: bounds from counts in the emulator, not measured", run.Lines[0]);
        Assert.Contains("bound by: ", run.Output);
        using JsonDocument answer = JsonDocument.Parse((await CliRun.Done([.. arguments, "--type", "fp16", "--json"])).Output);
        JsonElement launch = answer.RootElement.GetProperty("launches")[0];
        Assert.EndsWith("_f16", launch.GetProperty("kernel").GetString());
        Assert.Equal(2.0 * 512 * 512 * 256, launch.GetProperty("bounds")[0].GetProperty("amount").GetDouble());
        Assert.True(answer.RootElement.GetProperty("seconds").GetDouble() > 0);
    }

    /// <summary>Each operation that is offered runs, at the smallest shape that kernels of our own take.</summary>
    [Theory]
    [InlineData("linear", "256x128x64")]
    [InlineData("linear_gated_gelu", "64×64×64")]
    [InlineData("attention", "64x64x1x64")]
    [InlineData("causal_conv3d", "1,8,8,64,64")]
    [InlineData("layer_norm", "8x1920")]
    [InlineData("rms_norm", "8x4096")]
    [InlineData("qk_norm_rope", "8x30x64")]
    [InlineData("group_norm", "1x8x8x128")]
    [InlineData("silu", "4096")]
    [InlineData("gelu", "4096")]
    [InlineData("add", "2x1920")]
    [InlineData("linear_combination", "4096")]
    [InlineData("embedding", "2x4096")]
    [InlineData("strided_copy", "2x1920")]
    [InlineData("permute", "1x16x4x20")]
    [InlineData("upsample_nearest", "2x3x5x128")]
    [InlineData("average_frame_pairs", "3x3x5x128")]
    [InlineData("blend", "3x40")]
    public async Task EachOperationHasAShape(string operation, string shape) => Assert.Contains(
        "bound by: ", (await CliRun.Done("kernels", "profile", operation, "--gpu", "h100", "--shape", shape, "--ctas", "1")).Output);

    [Theory]
    [InlineData("--shape", "linear --gpu h100", "--gpu needs the operation's shape")]
    [InlineData("--gpu", "linear --shape 64x64x64", "choose from h100|a100|4090")]
    [InlineData("--gpu", "linear --shape 64x64x64 --gpu v100", "'v100' isn't known; choose from h100|a100|4090")]
    [InlineData("--shape", "linear --shape 64x64 --gpu h100", "write ROWSxOUTPUTSxINPUTS, whole numbers from 1 on")]
    [InlineData("--shape", "linear --shape 64x64x0 --gpu h100", "write ROWSxOUTPUTSxINPUTS")]
    [InlineData("--shape", "linear --shape 64x64x63 --gpu h100", "has no kernels of our own compiler for these types and sizes")]
    [InlineData("--shape", "linear --shape 2147483647x2147483647x2147483647 --gpu h100", "linear at 2147483647x")]
    [InlineData("--shape", "linear --shape 64x64x64 --gpu h100 --cases .", "leave --assembly and --cases out")]
    [InlineData("--ctas", "linear --shape 64x64x64 --gpu h100 --ctas 0", "choose from 1 to 10000")]
    [InlineData("kernel", "softmax --shape 64x64x64 --gpu h100", "choose from linear, linear_gated_gelu, attention")]
    [InlineData("kernel", "--shape 64x64x64 --gpu h100", "name one operation")]
    public Task AProfileThatMeansNothingIsRefused(string option, string arguments, string says) =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "profile", .. arguments.Split(' ')], option, says);

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
            ExitCode.WrongUsage, ["kernels"], "a verb of kernels is missing; there are list, show, verify, profile, launches, bench.",
            "cogvideox kernels --help");

    [Fact]
    public Task AnUnknownVerbIsNamedWithThoseThatThereAre() =>
        CliRun.Fails(
            ExitCode.WrongUsage, ["kernels", "frob"], "'frob' is no verb", "list, show, verify, profile", "cogvideox kernels --help");

    [Fact]
    public Task TheHintHasTheWholePath() => CliRun.Fails(ExitCode.WrongUsage, ["kernels", "show"], "cogvideox kernels show --help");
}
