using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>The tables of docs/memory.md are what is planned for the released architectures.</summary>
public sealed class PlanTableTests
{
    private static readonly string[] Cards = ["4060", "4080", "4090", "a100"];

    [Theory]
    [InlineData("2b", 49, 720, 480, WeightType.Stored)]
    [InlineData("2b", 49, 720, 480, WeightType.Fp8)]
    [InlineData("5b", 49, 720, 480, WeightType.Stored)]
    [InlineData("5b", 49, 720, 480, WeightType.Fp8)]
    [InlineData("1.5-5b", 81, 1360, 768, WeightType.Stored)]
    [InlineData("1.5-5b", 81, 1360, 768, WeightType.Fp8)]
    public void RowsAreThosePlanned(string preset, int frames, int width, int height, WeightType type)
    {
        using var folder = new TemporaryFolder();
        string model = folder.File(preset);
        RandomCheckpoint.WriteHollow(preset, model, layers: null);
        string page = File.ReadAllText(Path.Combine(Golden.Root, "docs", "memory.md"));
        using var pipeline = CogVideoXPipeline.Open(model, new ComputeOptions { Threads = 1, WeightDtype = type });
        GenerationRequest request = new("a red circle") { Frames = frames, Width = width, Height = height };
        string title = type == WeightType.Fp8 ? $"{preset}, fp8" : preset;
        string[] rows = [.. Cards.Select(card => Row(title, card, pipeline, request))];
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join("\n", rows)); // what the page should have
        Assert.All(rows, row => Assert.Contains(row, page, StringComparison.Ordinal));
    }

    // The VAE in both types, as a whole and in tiles, with nothing else on the card.
    [Theory]
    [InlineData("2b", 49, 720, 480)]
    [InlineData("5b", 49, 720, 480)]
    [InlineData("1.5-5b", 81, 1360, 768)]
    public void DecodingIsAsPlanned(string preset, int frames, int width, int height)
    {
        using var folder = new TemporaryFolder();
        string model = folder.File(preset);
        RandomCheckpoint.WriteHollow(preset, model, layers: null);
        string page = File.ReadAllText(Path.Combine(Golden.Root, "docs", "memory.md"));
        GenerationRequest request = new("a red circle") { Frames = frames, Width = width, Height = height };
        var peaks = new List<string>();
        foreach (ComputeType type in new[] { ComputeType.Auto, ComputeType.Fp32 })
        {
            var compute = new ComputeOptions { Threads = 1, Weights = WeightPlacement.Components, VaeDtype = type };
            using var pipeline = CogVideoXPipeline.Open(model, compute);
            foreach (TilingMode tiling in new[] { TilingMode.Off, TilingMode.On })
            {
                GenerationPlan plan = pipeline.Plan(request with { VaeTiling = tiling }, DeviceSpec.Find("a100")!);
                peaks.Add(ByteSize.ToText(plan.Stages[2].PeakBytes));
            }
        }
        string row = $"| {preset} | {string.Join(" | ", peaks)} |";
        TestContext.Current.TestOutputHelper!.WriteLine(row);
        Assert.Contains(row, page, StringComparison.Ordinal);
    }

    private static string Row(string preset, string card, CogVideoXPipeline pipeline, GenerationRequest request)
    {
        DeviceSpec spec = DeviceSpec.Find(card)!;
        string place = $"| {preset} | {card} ({ByteSize.ToText(spec.MemoryBytes)}) |";
        GenerationPlan plan;
        try
        {
            plan = pipeline.Plan(request, spec);
        }
        catch (RequestException)
        {
            return $"{place} refused | | | | | | |";
        }
        string peaks = string.Join(" | ", plan.Stages.Select(stage => ByteSize.ToText(stage.PeakBytes)));
        string streamed = string.Join(" | ", plan.Stages.Take(2).Select(
            stage => stage.StreamedBytes == 0 ? "–" : ByteSize.ToText(stage.StreamedBytes)));
        string tiles = plan.Settings.VaeTiling == TilingMode.On ? "tiles" : "whole";
        return $"{place} {plan.Weights.ToString()!.ToLowerInvariant()} | {peaks} | {tiles} | {streamed} |";
    }
}
