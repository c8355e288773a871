using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>A run is the same wherever weights lie, and takes what its plan says.</summary>
public sealed class PlacedRunTests
{
    private static GenerationRequest Short => TestModels.Quick with { Steps = 2, Frames = 1, Width = 64, Height = 64 };

    [Fact]
    public void ARunIsTheSameWhereverWeightsLie()
    {
        float[]? expected = null;
        foreach (WeightPlacement weights in Enum.GetValues<WeightPlacement>())
        {
            using CogVideoXPipeline pipeline = Open(weights);
            GenerationPlan plan = pipeline.Plan(Short);
            for (int run = 0; run < 2; run++) // parts that were let go come again
            {
                GenerationResult result = pipeline.Generate(Short, cancellation: TestContext.Current.CancellationToken);
                expected ??= result.Video.Data.ToArray();
                Assert.Equal(expected, result.Video.Data);
                Assert.Equal(plan.Weights, result.Weights);
                foreach ((StagePlan planned, StageTime taken) in plan.Stages.Zip(result.Times).Take(run == 0 ? 3 : 0))
                    Assert.InRange(taken.PeakBytes / (double)planned.PeakBytes, 0.95, 1.05);
                if (run == 0)
                    Assert.Equal(plan.Stages[1].PeakBytes, result.Times[1].PeakBytes); // of sampling, exactly
            }
            Assert.Equal(0, pipeline.LiveTensors);
        }
    }

    // Adapters stay on the device, beside layers that come and go.
    [Fact]
    public void SoItIsWithAdapters()
    {
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/drift"), 1.2)] };
        float[][] videos = [.. new[] { WeightPlacement.Resident, WeightPlacement.Layers }.Select(weights =>
        {
            using CogVideoXPipeline pipeline = Open(weights, TestModels.Tiny2b, loras);
            return pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();
        })];
        Assert.Equal(videos[0], videos[1]);
        using CogVideoXPipeline plain = Open(WeightPlacement.Layers, TestModels.Tiny2b);
        Assert.NotEqual(plain.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken).Video.Data, videos[1]);
    }

    // One pipeline, of whose requests the second needs more: what the first left on the device isn't in its way.
    [Fact]
    public void WhatStaysOfOneRunIsLetGoWhereTheNextNeedsTheRoom()
    {
        GenerationRequest large = Short with { Frames = 9 };
        using CogVideoXPipeline roomy = Open(WeightPlacement.Resident);
        var card = new SmallCard((roomy.Plan(large).PeakBytes - 1) * 10 / 9); // nine tenths may be used
        using var small = CogVideoXPipeline.Open(TestModels.Shapes, new ComputeOptions { Device = card, Compute = ComputeType.Fp32 });
        foreach (GenerationRequest request in (GenerationRequest[])[Short, large, Short, large])
        {
            GenerationResult expected = roomy.Generate(request, cancellation: TestContext.Current.CancellationToken);
            GenerationResult result = small.Generate(request, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(expected.Video.Data, result.Video.Data);
            Assert.Equal(request == Short, result.Weights == WeightPlacement.Resident);
            Assert.All(result.Times, time => Assert.InRange(time.PeakBytes, 1, card.FreeBytes));
        }
    }

    [Fact]
    public void OneThatIsCancelledAmongItsLayersLeavesNothing()
    {
        using CogVideoXPipeline pipeline = Open(WeightPlacement.Layers);
        using var stop = new CancellationTokenSource();
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Sample && progress.Fraction > 0.2)
                stop.Cancel();
        });
        CancelledException thrown = Assert.Throws<CancelledException>(() => pipeline.Generate(Short, watch, stop.Token));
        Assert.Equal(GenerationStage.Sample, thrown.Stage);
        Assert.Equal(0, pipeline.LiveTensors);
        Assert.NotEmpty(pipeline.Generate(Short, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray());
    }

    // In plans of pipelines and decoders, and in the run.
    [Fact]
    public void TilesFollowFromTheCardsMemory()
    {
        GenerationRequest large = TestModels.Quick with { Steps = 1, Width = 384, Height = 320 };
        using CogVideoXPipeline roomy = OnCard(1L << 40);
        GenerationPlan whole = roomy.Plan(large);
        Assert.Equal(TilingMode.Off, whole.Settings.VaeTiling);
        long alone = whole.Stages[2].PeakBytes - whole.Stages[1].ResidentBytes; // with no weights but the VAE's
        long memory = alone * 95 / 100 * 10 / 9; // of which nine tenths may be used
        using CogVideoXPipeline small = OnCard(memory);
        GenerationResult result = small.Generate(large, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(TilingMode.On, result.Settings.VaeTiling);
        Assert.All(result.Times, time => Assert.InRange(time.PeakBytes, 1, memory));
        Assert.Equal((false, true), (Tiled(1L << 40), Tiled(memory)));

        CogVideoXPipeline OnCard(long bytes) => CogVideoXPipeline.Open(TestModels.Tiny2b, Compute(bytes));

        bool Tiled(long bytes)
        {
            using var decoder = VideoDecoder.Open(TestModels.Tiny2b, Compute(bytes));
            return decoder.Plan(result.Latents.Shape, TilingMode.Auto).Tiled;
        }

        static ComputeOptions Compute(long bytes) => new() { Device = new SmallCard(bytes), Compute = ComputeType.Fp32 };
    }

    private static CogVideoXPipeline Open(WeightPlacement weights, string? model = null, LoraOptions? loras = null)
    {
        var compute = new ComputeOptions { Device = EachDevice.Source("apart"), Compute = ComputeType.Fp32, Weights = weights };
        return CogVideoXPipeline.Open(model ?? TestModels.Shapes, compute, loras);
    }
}
