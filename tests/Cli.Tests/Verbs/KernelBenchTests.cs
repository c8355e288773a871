using System.Text.Json;
using System.Text.Json.Nodes;
using CogVideoX.Cli.Tests.Running;
using CogVideoX.Cli.Verbs.Tuning;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Pipelines.Reports;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;
using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Verbs;

/// <summary><c>kernels bench</c>, without a card.</summary>
public sealed class KernelBenchTests
{
    private static readonly string[] Small = ["kernels", "bench", "linear", "--device", "emulator", "--shape", "40x64x520"];

    [Fact]
    public async Task FormsArePredictedAndSaidToBe()
    {
        CliRun run = await CliRun.Done([.. Small, "--gpu", "a100"]);
        Assert.Equal("A100 SXM, which isn't here: predicted from counts in the emulator, not measured", run.Lines[0]);
        Assert.Contains("linear 40x64x520 in BF16", run.Output);
        Assert.Contains("predicted    TFLOP/s  of peak", run.Output);
        Assert.Matches("(?m)^  small .* µs .* %  ← the rule$", run.Output);
        JsonNode json = JsonNode.Parse((await CliRun.Done([.. Small, "--type", "fp16", "--json"])).Output)!;
        Assert.Equal(("H100 SXM", true), (json["card"]!.GetValue<string>(), json["predicted"]!.GetValue<bool>()));
        JsonNode shape = Assert.Single(json["shapes"]!.AsArray())!;
        Assert.Equal(("linear", "F16", true), ((string)shape["operation"]!, (string)shape["type"]!, (bool)shape["is_right"]!));
        JsonNode[] forms = [.. shape["forms"]!.AsArray().Select(form => form!)];
        Assert.Equal(8, forms.Length); // four tiles, each in one part and in two
        Assert.Equal(forms.OrderBy(form => (double)form["microseconds"]!), forms);
        Assert.Single(forms, form => (bool)form["rule"]!);
        Assert.All(forms, form => Assert.True(
            (bool)form["right"]! && (double)form["error"]! < 5e-4 && (double)form["tera_flops"]! > 0 && (double)form["peak_share"]! < 1));
    }

    [Fact]
    public async Task AModelsShapesAreListedByOperation()
    {
        JsonNode json = JsonNode.Parse(
            (await CliRun.Done("kernels", "bench", "attention", "--preset", "tiny", "--device", "emulator", "--json")).Output)!;
        JsonNode shape = Assert.Single(json["shapes"]!.AsArray())!;
        Assert.Equal("attention", (string)shape["operation"]!);
        Assert.Equal(["queries128", "queries64"], shape["forms"]!.AsArray().Select(form => (string)form!["tile"]!).Order());
    }

    // A table of predictions is kept, said to be one, shown the next time, and added to.
    [Fact]
    public async Task TuningKeepsTheFastestForms()
    {
        using var folder = new TemporaryFolder();
        const string Bench = "XDG_CACHE_HOME=\"$PWD\" \"$@\" kernels bench linear --device emulator --gpu 4090 --shape ";
        CliRun run = await ProgramRun.OfShell(folder.Path, Bench + "64x64x64 --tune");
        Assert.Equal(0, run.Code);
        string path = folder.File("cogvideox/tiles/predicted-geforce-rtx-4090-sm89-none.json");
        Assert.Contains($"kept 1 choice in {path}, which has 1.", run.Error, StringComparison.Ordinal);
        using (JsonDocument table = JsonDocument.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken)))
        {
            Assert.True(table.RootElement.GetProperty("predicted").GetBoolean());
            Assert.Equal(64, table.RootElement.GetProperty("entries")[0].GetProperty("rows").GetInt32());
        }
        run = await ProgramRun.OfShell(folder.Path, Bench + "62x64x64 --tune");
        Assert.Contains("the table", run.Output, StringComparison.Ordinal); // of the same class
        Assert.Contains("which has 1.", run.Error, StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, "{", TestContext.Current.CancellationToken);
        run = await ProgramRun.OfShell(folder.Path, Bench + "62x64x64");
        Assert.Equal(0, run.Code);
        Assert.Contains($"{path} isn't used: it isn't a table of tiles.", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the table", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("operation", "softmax", "choose from linear, causal_conv3d, attention")]
    [InlineData("--shape", "--shape 64x64x64", "name the operation that it is a shape of")]
    [InlineData("--shape", "linear --shape 64x64", "write ROWSxOUTPUTSxINPUTS")]
    [InlineData("--shape", "linear --shape 64x64x64 --preset 2b", "leave --preset out")]
    [InlineData("--shape", "linear --shape 2x64x64", "up to 16 rows have one kernel")]
    [InlineData("--shape", "attention --shape 9x9x70000x64", "attention at 9x9x70000x64: it is too large for kernels of our compiler")]
    [InlineData("--shape", "linear --shape 2147483647x2147483647x64", "A tensor BF16 [2147483647, 2147483647]")]
    [InlineData("--preset", "--preset 3b", "--preset")]
    [InlineData("--gpu", "--gpu voodoo", "--gpu")]
    [InlineData("--tune", "--tune --device emulator", "name the one whose table of predictions is meant: --gpu h100|a100|4090")]
    [InlineData("--rounds", "--rounds 3 --device emulator", "emulator times nothing, it counts")]
    [InlineData("--rounds", "--rounds 0 --device gpu", "choose from 1 to 1000")]
    [InlineData("--gpu", "--gpu h100 --device gpu", "--gpu is for --device emulator")]
    [InlineData("--device", "--device ilgpu-cpu", "ilgpu-cpu has no choice of tiles; choose a card with CUDA, or emulator")]
    [InlineData("--device", "--device gpu:77", "gpu:77 isn't there")]
    [InlineData("--device", "--device abacus", "'abacus' is no device")]
    public Task WhatMeansNothingIsRefused(string option, string arguments, string says) =>
        CliRun.Fails(ExitCode.WrongUsage, ["kernels", "bench", .. arguments.Split(' ')], option, says);

    // No kernel is wrong, so that this one is told of by hand.
    [Fact]
    public void AWrongFormIsLastAndHasNoTime()
    {
        TiledBench bench = TiledBench.Of(new TiledProblem(TiledOperation.Linear, 64, 64, 64));
        TileChoice rule = new(TileKind.Small), wrong = new(TileKind.Wide), other = new(TileKind.Tall);
        var answer = BenchedShape.Of(
            bench, DType.BF16, [(wrong, 0.3, null), (rule, 1e-3, 2e-6), (other, 1e-3, 1e-6)], rule, other, peak: 1e12);
        Assert.False(answer.IsRight);
        Assert.Equal("wrong: its relative error is 3.0E-1, and 4.0E-3 is allowed.", BenchTable.Wrong(answer.Forms[2], 4e-3));
        var infinite = BenchedShape.Of(bench, DType.BF16, [(wrong, double.PositiveInfinity, null)], rule, null, peak: null);
        Assert.Equal("wrong: a number isn't finite.", BenchTable.Wrong(infinite.Forms[0], 4e-3));
        Assert.Contains("\"error\": null", JsonSerializer.Serialize(infinite, JsonStyle.Options), StringComparison.Ordinal);
        Assert.Equal([TileKind.Tall, TileKind.Small, TileKind.Wide], answer.Forms.Select(form => form.Tile));
        var text = new StringWriter();
        BenchTable.Write(text, answer, isPredicted: false);
        Assert.Contains("measured", text.ToString(), StringComparison.Ordinal);
        Assert.Matches("(?m)^  tall +1.0 µs +0.5 +52 %  ← the table\r?$", text.ToString());
        Assert.Matches("(?m)^  wide +WRONG\r?$", text.ToString());
    }

    [Fact]
    public void DoctorSaysWhetherACardHasATable()
    {
        using var folder = new TemporaryFolder();
        var file = new TileTableFile(new TunedCard("A Card", 90, "13.0"), folder.Path);
        SystemFinding none = TableFinding.Of("gpu:0", file);
        Assert.Equal(("tiles", false), (none.Name, none.IsGood));
        Assert.Contains("cogvideox kernels bench --device gpu:0 --tune", none.Cost, StringComparison.Ordinal);
        file.Write(new TileTable([(new(TiledOperation.Linear, 64, 64, 64, ElementFormat.BF16), new TileChoice(TileKind.Wide))]));
        Assert.Equal(("tiles", true, $"gpu:0: 1 choice in {file.Path}"), Found(TableFinding.Of("gpu:0", file)));
        File.WriteAllText(file.Path, "[]");
        Assert.Contains("isn't used", TableFinding.Of("gpu:0", file).Cost, StringComparison.Ordinal);

        static (string, bool, string) Found(SystemFinding finding) => (finding.Name, finding.IsGood, finding.Found);
    }
}
