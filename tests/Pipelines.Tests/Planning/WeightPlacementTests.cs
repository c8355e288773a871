using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>Where weights lie on a card follows from its memory, or from what was asked for; the plan says what it is and takes.</summary>
public sealed class WeightPlacementTests : IDisposable
{
    // Weights take the most of it.
    private static readonly GenerationRequest Small = TestModels.Quick with { Frames = 1 };

    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Shapes, threads: 1);

    public void Dispose() => pipeline.Dispose();

    // Each of them takes less than the one before: a card that is a little too small for one gets the next, and the least is refused.
    [Fact]
    public void AutoTakesTheFirstThatFits()
    {
        GenerationPlan resident = Plan(WeightPlacement.Resident), components = Plan(WeightPlacement.Components);
        GenerationPlan layers = Plan(WeightPlacement.Layers);
        Assert.True(components.PeakBytes < resident.PeakBytes && layers.PeakBytes < components.PeakBytes);
        Assert.Equal(WeightPlacement.Resident, Fitting(resident.PeakBytes).Weights);
        Assert.Equal(WeightPlacement.Components, Fitting(resident.PeakBytes - 1).Weights);
        Assert.Equal(WeightPlacement.Components, Fitting(components.PeakBytes).Weights);
        Assert.Equal(WeightPlacement.Layers, Fitting(components.PeakBytes - 1).Weights);
        Assert.Equal(WeightPlacement.Layers, Fitting(layers.PeakBytes).Weights);
        RequestException refusal = Assert.Throws<RequestException>(() => Fitting(layers.Stages[0].PeakBytes / 2));
        Assert.Contains("of weights among them (two layers at a time), and", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("are free", refusal.Message, StringComparison.Ordinal);

        GenerationPlan Fitting(long bytes) => pipeline.Plan(Small, Card((bytes * 10 + 8) / 9)); // nine tenths may be used
    }

    [Fact]
    public void LayersAreCountedAndOnlyThoseOfPartsThatDontFitAreStreamed()
    {
        GenerationPlan layers = Plan(WeightPlacement.Layers), components = Plan(WeightPlacement.Components);
        Assert.Equal([true, true, false], layers.Stages.Select(stage => stage.StreamedBytes > 0));
        Assert.All(components.Stages, stage => Assert.Equal(0, stage.StreamedBytes));
        (StagePlan streamed, StagePlan whole) = (layers.Stages[1], components.Stages[1]);
        Assert.InRange(streamed.StreamedBytes, whole.WeightBytes / 2, whole.WeightBytes);
        long layer = (whole.ResidentBytes - streamed.ResidentBytes) / 4; // of six, two are held
        Assert.InRange(streamed.StreamedBytes, 6 * layer * 95 / 100, 6 * layer * 105 / 100);
        Assert.InRange(streamed.ActivationBytes, whole.ActivationBytes * 95 / 100, whole.ActivationBytes * 105 / 100);
        GenerationPlan some = pipeline.Plan(Small, Card(components.PeakBytes * 10 / 9 - 10));
        Assert.Equal([false, true, false], some.Stages.Select(stage => stage.StreamedBytes > 0));
        Assert.Contains("transformer's layers come to the device one after the other", some.Notes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsAskedForIsDoneOrRefusedWithWhatWouldWork()
    {
        GenerationPlan components = Plan(WeightPlacement.Components);
        Assert.Contains("as was asked for", Assert.Single(components.Notes), StringComparison.Ordinal);
        Assert.False(components.KeepsTextEncoder);
        RequestException refusal = Assert.Throws<RequestException>(() => Plan(WeightPlacement.Resident, components.PeakBytes * 10 / 9));
        Assert.Equal(nameof(ComputeOptions.Weights), refusal.Property);
        Assert.Contains("resident can't be: the stage", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("left to auto", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OnTheCpuThereIsNothingToChoose()
    {
        using CogVideoXPipeline cpu = Open(WeightPlacement.Layers);
        RequestException refusal = Assert.Throws<RequestException>(() => cpu.Plan(Small));
        Assert.Equal(nameof(ComputeOptions.Weights), refusal.Property);
        Assert.Contains("where their files are mapped", refusal.Message, StringComparison.Ordinal);
        Assert.Null(pipeline.Plan(Small).Weights);
    }

    [Fact]
    public void APlacementThatThereIsntIsRefused()
    {
        RequestException refusal = Assert.Throws<RequestException>(() => Open((WeightPlacement)9));
        Assert.Equal(nameof(ComputeOptions.Weights), refusal.Property);
    }

    // Merged weights are nowhere but on the device.
    [Fact]
    public void MergedLorasCantBeStreamed()
    {
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/drift"), 1)], Merge = true };
        using CogVideoXPipeline asked = Open(WeightPlacement.Layers, TestModels.Tiny2b, loras);
        RequestException refusal = Assert.Throws<RequestException>(() => asked.Plan(Small, Card(1 << 30)));
        Assert.Equal(nameof(ComputeOptions.Weights), refusal.Property);
        using CogVideoXPipeline auto = Open(WeightPlacement.Auto, TestModels.Tiny2b, loras);
        using CogVideoXPipeline beside = Open(WeightPlacement.Auto, TestModels.Tiny2b, loras with { Merge = false });
        refusal = Assert.Throws<RequestException>(() => auto.Plan(Small, Card(1000)));
        Assert.Contains("with LoRAs beside them", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(beside.Plan(Small, Card(1 << 30)).Stages);
    }

    [Fact]
    public void NorCanMadeUpWeights()
    {
        using var asked = CogVideoXPipeline.OpenRandom("tiny", layers: null, new ComputeOptions { Weights = WeightPlacement.Layers });
        RequestException refusal = Assert.Throws<RequestException>(() => asked.Plan(Small, Card(1 << 30)));
        Assert.Equal(nameof(ComputeOptions.Weights), refusal.Property);
        using var auto = CogVideoXPipeline.OpenRandom("tiny", layers: null, new ComputeOptions());
        refusal = Assert.Throws<RequestException>(() => auto.Plan(Small, Card(1000)));
        Assert.Contains("nowhere but on the device", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(WeightPlacement.Resident, auto.Plan(Small, Card(1 << 30)).Weights);
    }

    private static CogVideoXPipeline Open(WeightPlacement weights, string? model = null, LoraOptions? loras = null) =>
        CogVideoXPipeline.Open(model ?? TestModels.Shapes, new ComputeOptions { Weights = weights, Threads = 1 }, loras);

    private static GenerationPlan Plan(WeightPlacement weights, long memory = 1 << 30)
    {
        using CogVideoXPipeline asked = Open(weights);
        return asked.Plan(Small, Card(memory));
    }

    private static DeviceSpec Card(long bytes) => new("card", "a card", bytes, DType.F32);
}
