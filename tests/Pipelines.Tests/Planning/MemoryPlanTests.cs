using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>Too little memory is found before anything runs.</summary>
public sealed class MemoryPlanTests : IDisposable
{
    // 192×128 is more than one tile of 2b's VAE (its tiles are half of 64×96), so tiles save memory.
    private static readonly GenerationRequest Tileable = TestModels.Quick with { Width = 384, Height = 320 };

    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads: 1);

    public void Dispose() => pipeline.Dispose();

    [Fact]
    public void EveryStageIsPlanned()
    {
        GenerationPlan plan = pipeline.Plan(TestModels.Quick, long.MaxValue);
        Assert.Equal([GenerationStage.Encode, GenerationStage.Sample, GenerationStage.Decode], plan.Stages.Select(stage => stage.Stage));
        Assert.All(plan.Stages, stage =>
        {
            Assert.True(stage.ActivationBytes > 0);
            Assert.True(stage.WeightBytes > 0);
            Assert.True(stage.Flops > 0);
        });
    }

    [Fact]
    public void WorkGrowsWithStepsFramesAndGuidance()
    {
        long two = Flops(TestModels.Quick);
        Assert.Equal(2 * two, Flops(TestModels.Quick with { Steps = 4 }));
        Assert.InRange(Flops(TestModels.Quick with { GuidanceScale = 1 }), two * 2 / 5, two * 3 / 5);
        Assert.True(Flops(TestModels.Quick with { Frames = 17 }) > two * 3 / 2);

        long Flops(GenerationRequest request) => pipeline.Plan(request, long.MaxValue).Stages[1].Flops;
    }

    [Fact]
    public void ACardHoldsWeightsAndHalfTheActivations()
    {
        GenerationPlan wide = pipeline.Plan(TestModels.Quick, Card(1 << 30) with { Activations = DType.F32 });
        GenerationPlan there = pipeline.Plan(TestModels.Quick, Card(1 << 30));
        Assert.Equal("a card", there.Device);
        Assert.True(there.KeepsTextEncoder);
        long weights = 0;
        foreach ((StagePlan fp32, StagePlan card) in wide.Stages.Zip(there.Stages))
        {
            weights += card.WeightBytes;
            Assert.InRange(card.ResidentBytes, weights * 9 / 10, weights * 2); // VAE: of the decoder only; blocks of 64 bytes
            Assert.InRange(card.ActivationBytes, fp32.ActivationBytes * 2 / 5, fp32.ActivationBytes * 3 / 4);
            Assert.Equal(fp32.Flops, card.Flops);
        }
    }

    [Fact]
    public void ASmallCardLetsTheTextEncoderGoAndASmallerOneIsRefused()
    {
        GenerationPlan large = pipeline.Plan(TestModels.Quick, Card(1 << 30));
        long text = large.Stages[0].ResidentBytes, most = large.PeakBytes;
        GenerationPlan small = pipeline.Plan(TestModels.Quick, Card((most - 1024) * 10 / 9)); // nine tenths may be used
        Assert.False(small.KeepsTextEncoder);
        Assert.Equal(TilingMode.Off, small.Settings.VaeTiling);
        Assert.Contains("is let go after its stage", Assert.Single(small.Notes));
        Assert.InRange(small.PeakBytes, 1, most - 1024);
        RequestException refusal = Assert.Throws<RequestException>(() => pipeline.Plan(TestModels.Quick, Card(text)));
        Assert.Contains("of weights among them", refusal.Message);
    }

    [Fact]
    public void WhatRanOutOfMemoryIsToldWithItsPlan()
    {
        GenerationPlan plan = pipeline.Plan(TestModels.Quick, 1 << 30);
        Assert.Matches(
            "^ By its plan it takes [0-9.]+ [kM]B, and 1.07 GB were free when it was made.$", PlanNotes.OutOfMemory(plan, "decode"));
        Assert.Equal("", PlanNotes.OutOfMemory(plan, "paint"));
        Assert.Equal("", PlanNotes.OutOfMemory(null, "decode"));
    }

    private static DeviceSpec Card(long bytes) => new("card", "a card", bytes, DType.BF16);

    [Fact]
    public void NoMemoryIsRefusedWithWhatIsNeededForWhat()
    {
        RequestException refusal = Assert.Throws<RequestException>(() => pipeline.Plan(TestModels.Quick, 1000));
        Assert.Equal(nameof(GenerationRequest.MaxSequenceLength), refusal.Property);
        Assert.Matches("the stage 'encode' needs [0-9.]+ [kM]B for its tensors .* and 1 kB are free", refusal.Message);
    }

    [Fact]
    public void SamplingThatDoesntFitIsRefused()
    {
        GenerationPlan plan = pipeline.Plan(Tileable, long.MaxValue);
        RequestException refusal = Assert.Throws<RequestException>(() => pipeline.Plan(Tileable, plan.Stages[1].ActivationBytes));
        Assert.Equal(nameof(GenerationRequest.Width), refusal.Property);
        Assert.Contains("the stage 'sample' needs", refusal.Message);
        Assert.Contains("fewer frames", refusal.Message);
    }

    [Fact]
    public void TilesAreSwitchedOnWhereMemoryIsShort()
    {
        GenerationPlan roomy = pipeline.Plan(Tileable, long.MaxValue);
        Assert.Equal(TilingMode.Off, roomy.Settings.VaeTiling);
        GenerationPlan tight = pipeline.Plan(Tileable, roomy.Stages[2].ActivationBytes);
        Assert.Equal(TilingMode.On, tight.Settings.VaeTiling);
        Assert.True(tight.Stages[2].ActivationBytes < roomy.Stages[2].ActivationBytes / 2);
    }

    [Fact]
    public void TilesStayOnOrOffWhereAskedFor()
    {
        Assert.Equal(TilingMode.On, pipeline.Plan(Tileable with { VaeTiling = TilingMode.On }, long.MaxValue).Settings.VaeTiling);
        Assert.Equal(TilingMode.Off, pipeline.Plan(Tileable with { VaeTiling = TilingMode.Off }, long.MaxValue).Settings.VaeTiling);
        long whole = pipeline.Plan(Tileable, long.MaxValue).Stages[2].ActivationBytes;
        GenerationRequest untiled = Tileable with { VaeTiling = TilingMode.Off };
        RequestException refusal = Assert.Throws<RequestException>(() => pipeline.Plan(untiled, whole));
        Assert.Equal(nameof(GenerationRequest.VaeTiling), refusal.Property);
        Assert.Contains("tiles", refusal.Message);
    }

    [Fact]
    public void APlanSaysWhatIsFree()
    {
        Assert.Equal(123_456_789_012, pipeline.Plan(TestModels.Quick, 123_456_789_012).FreeBytes);
        Assert.InRange(pipeline.Plan(TestModels.Quick).FreeBytes, 1, SystemMemory.TotalBytes());
    }

    // Beyond 2⁵³ operations, steps are counted in double. (What stops at 2⁶³ − 1: TaskRunTests.)
    [Fact]
    public void OperationsOfManyStepsDontWrapAround()
    {
        long one = Flops(1);
        Assert.Equal(1000.0, Flops(1000) / (double)one, 1e-9);
        Assert.True(Flops(1000) > 1L << 53);

        long Flops(int steps) =>
            pipeline.Plan(TestModels.Quick with { Steps = steps, Width = 4096, Height = 4096 }, long.MaxValue).Stages[1].Flops;
    }

    [Fact]
    public void WhereNotAllPartsFitTheTextEncoderIsLetGoAndSaysSo()
    {
        GenerationPlan roomy = pipeline.Plan(TestModels.Quick, long.MaxValue);
        Assert.True(roomy.KeepsTextEncoder);
        Assert.Empty(roomy.Notes);
        long weights = roomy.Stages.Sum(stage => stage.WeightBytes);
        GenerationPlan tight = pipeline.Plan(TestModels.Quick, (weights + roomy.PeakBytes) * 10 / 9 - 1);
        Assert.False(tight.KeepsTextEncoder);
        Assert.Contains("The text encoder (", Assert.Single(tight.Notes));
        Assert.True(pipeline.Plan(TestModels.Quick, (weights + roomy.PeakBytes) * 10 / 9 + 10).KeepsTextEncoder);
    }

    // Frames that go to a sink aren't held, but for those of tiles, which are complete at the end.
    [Fact]
    public void AStreamedVideoIsntCounted()
    {
        long frame = 3L * 64 * 96 * sizeof(float);
        Assert.Equal(9 * frame, pipeline.Plan(TestModels.Quick).Stages[2].ResultBytes);
        Assert.Equal(frame, pipeline.Plan(TestModels.Quick, streams: true).Stages[2].ResultBytes);
        Assert.Equal(9 * frame, pipeline.Plan(TestModels.Quick with { VaeTiling = TilingMode.On }, streams: true).Stages[2].ResultBytes);
    }
}
