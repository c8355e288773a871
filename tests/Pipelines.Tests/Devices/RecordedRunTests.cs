using CogVideoX.Emulator;
using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>Runs whose evaluations are recorded and replayed, beside the same runs launch by launch.</summary>
public sealed class RecordedRunTests(ITestOutputHelper output, RecordedRunTests.Card lent) : IClassFixture<RecordedRunTests.Card>
{
    // Four steps, one frame of the least size.
    private static readonly GenerationRequest Least = new("a red circle") { Steps = 4, Frames = 1, Width = 32, Height = 32 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("none", null, ComputeType.Fp32)]
    [InlineData("none", 1.0, ComputeType.Bf16)] // one row without guidance; kernels of our compiler
    [InlineData("first-block:0.9", null, ComputeType.Fp32)]
    [InlineData("pyramid:2,0,1000", null, ComputeType.Fp32)]
    public void ARecordedRunGivesTheSameBitsAndTakesWhatWasPlanned(string cache, double? guidance, ComputeType type)
    {
        using var folder = new TemporaryFolder();
        string model = type == ComputeType.Bf16 ? Bf16.CopyOf(TestModels.Tiny2b, folder) : TestModels.Tiny2b;
        GenerationRequest request = Least with { Cache = StepCaching.Parse(cache), GuidanceScale = guidance };
        using CogVideoXPipeline recorded = Open(lent.Device, GraphUse.On, model, type);
        using CogVideoXPipeline plain = Open(lent.Device, GraphUse.Off, model, type);
        GenerationResult result = recorded.Generate(request, cancellation: Cancellation);
        GenerationResult expected = plain.Generate(request, cancellation: Cancellation);
        Assert.True(result.Latents.Values.SequenceEqual(expected.Latents.Values));
        Assert.Equal(expected.Cache, result.Cache);
        Assert.Equal(cache == "none", result.Cache is null or { Reusing: 0 });
        long more = Sampling(recorded, request, result) - Sampling(plain, request, expected);
        Assert.InRange(more, 1, Sampling(plain, request, expected) / 20);
        Assert.Equal(0, recorded.LiveTensors);
        Assert.Null(expected.Graph);
        GraphRun graph = result.Graph!;
        Assert.Equal((3, null), (graph.Replays, graph.Problem));
        output.WriteLine($"{graph.Launches} launches an evaluation");
        Assert.InRange(graph.Launches, 30, 300);
    }

    // The latents' places, guidance, the sampler's step and what asks if numbers are finite: what a step launches beside its replay.
    [Theory]
    [InlineData("2b", SamplerKind.Ddim, 10)]
    [InlineData("5b", SamplerKind.Dpm, 12)]
    public void FewLaunchesAreLeftOutsideOfARecording(string model, SamplerKind sampler, int expected)
    {
        using var card = new EmulatedCard();
        card.Emulated.SkipLaunches = true;
        using var pipeline = CogVideoXPipeline.Open(
            model == "2b" ? TestModels.Tiny2b : TestModels.Tiny5b, new ComputeOptions { Device = card, Compute = ComputeType.Fp32 });
        (long Launches, int Inside) five = Count(5), six = Count(6);
        Assert.Equal(expected, six.Launches - five.Launches - six.Inside);

        (long Launches, int Inside) Count(int steps)
        {
            long before = card.Emulated.LaunchCount;
            GenerationResult result = pipeline.Generate(Least with { Steps = steps, Sampler = sampler }, cancellation: Cancellation);
            return (card.Emulated.LaunchCount - before, result.Graph!.Launches);
        }
    }

    // Nothing is computed: what is looked at is that each run makes a recording of its own and leaves nothing behind.
    [Fact]
    public void ARecordingIsMadeAnewForEachRunAndGoesWithIt()
    {
        using var card = new EmulatedCard();
        card.Emulated.SkipLaunches = true;
        using (CogVideoXPipeline pipeline = Open(card))
        {
            foreach ((int width, int frames) in (ReadOnlySpan<(int, int)>)[(32, 1), (64, 9), (32, 1)])
            {
                GenerationRequest request = Least with { Width = width, Frames = frames };
                GenerationResult result = pipeline.Generate(request, cancellation: Cancellation);
                Assert.Equal(3, result.Graph!.Replays);
                Assert.Equal(0, pipeline.LiveTensors);
            }
        }
        Assert.Equal(0, card.Emulated.LiveAllocations);
    }

    // Behind the first block of each replay there is no more progress: the token is looked at before a step, and before its replay.
    [Fact]
    public void ARunIsCancelledBetweenReplays()
    {
        using var card = new EmulatedCard();
        card.Emulated.SkipLaunches = true;
        using CogVideoXPipeline pipeline = Open(card);
        using var stop = new CancellationTokenSource();
        var watch = new Watch(progress =>
        {
            if (progress is { Stage: GenerationStage.Sample, Step: 2 })
                stop.Cancel();
        });
        CancelledException thrown = Assert.Throws<CancelledException>(() => pipeline.Generate(Least, watch, stop.Token));
        Assert.Equal((GenerationStage.Sample, 2), (thrown.Stage, thrown.FinishedSteps));
        Assert.Equal(0, pipeline.LiveTensors);
        Assert.Equal(3, pipeline.Generate(Least, cancellation: Cancellation).Graph!.Replays);
    }

    // The first memory that recording asks for isn't there, nor when it is asked again with what is cached given back.
    [Fact]
    public void ARunWithTooLittleMemoryToRecordGoesOnWithout()
    {
        long from = long.MaxValue, until = 0; // allocations that fail
        using var card = new EmulatedCard(new EmulatedDeviceOptions { FailAllocation = index => index >= from && index < until });
        card.Emulated.SkipLaunches = true;
        using CogVideoXPipeline pipeline = Open(card);
        var watch = new Watch(progress =>
        {
            if (progress is { Stage: GenerationStage.Sample, Step: 1 } && until == 0)
                (from, until) = (card.Emulated.AllocationCount, card.Emulated.AllocationCount + 2);
        });
        GenerationResult result = pipeline.Generate(Least, watch, Cancellation);
        output.WriteLine(result.Graph!.Problem!);
        Assert.Equal((0, 0), (result.Graph.Launches, result.Graph.Replays));
        Assert.Contains("more are needed", result.Graph.Problem, StringComparison.Ordinal);
        Assert.Equal(0, pipeline.LiveTensors);
    }

    [Fact]
    public void ARunWithATraceRecordsNothing()
    {
        using var folder = new TemporaryFolder();
        using var card = new EmulatedCard();
        card.Emulated.SkipLaunches = true;
        using CogVideoXPipeline pipeline = Open(card);
        var files = new GenerationFiles { Trace = folder.File("trace.safetensors") };
        Assert.Null(pipeline.Generate(Least, files, cancellation: Cancellation).Graph);
    }

    // Where the weights of a layer are changes from one evaluation to the next.
    [Fact]
    public void WhereWeightsComeLayerByLayerNothingIsRecorded()
    {
        var layers = new ComputeOptions { Device = lent.Device, Compute = ComputeType.Fp32, Weights = WeightPlacement.Layers };
        using var streamed = CogVideoXPipeline.Open(TestModels.Tiny2b, layers);
        using CogVideoXPipeline recorded = Open(lent.Device);
        GenerationResult result = streamed.Generate(Least, cancellation: Cancellation);
        Assert.Null(result.Graph);
        Assert.True(result.Latents.Values.SequenceEqual(recorded.Generate(Least, cancellation: Cancellation).Latents.Values));
    }

    [Fact]
    public void WeightsInFp8AreRecordedLikeOthers()
    {
        var narrow = new ComputeOptions { Device = lent.Device, Compute = ComputeType.Bf16, WeightDtype = WeightType.Fp8 };
        using var recorded = CogVideoXPipeline.Open(TestModels.Tiny2b, narrow with { Graph = GraphUse.On });
        using var plain = CogVideoXPipeline.Open(TestModels.Tiny2b, narrow with { Graph = GraphUse.Off });
        GenerationResult result = recorded.Generate(Least, cancellation: Cancellation);
        Assert.Equal(3, result.Graph!.Replays);
        Assert.True(result.Latents.Values.SequenceEqual(plain.Generate(Least, cancellation: Cancellation).Latents.Values));
    }

    [Fact]
    public void ADeviceThatRecordsNothingIsRefusedWhereItIsAskedTo()
    {
        foreach (ComputeOptions compute in (ComputeOptions[])[new() { Graph = GraphUse.On }, new() { Graph = (GraphUse)7 }])
        {
            RequestException thrown = Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, compute));
            Assert.Equal(nameof(ComputeOptions.Graph), thrown.Property);
        }
        var measured = new ComputeOptions { Device = lent.Device, Graph = GraphUse.On, Measure = true };
        Assert.Contains(
            "measured", Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, measured)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WorkThatIsDoneLateIsRightAsWell()
    {
        using var card = new EmulatedCard(new EmulatedDeviceOptions { Order = WorkOrder.Shuffled, Seed = 5 });
        GenerationRequest request = Least with { Steps = 3 };
        using CogVideoXPipeline recorded = Open(card), plain = Open(lent.Device, GraphUse.Off);
        GenerationResult result = recorded.Generate(request, cancellation: Cancellation);
        Assert.True(result.Latents.Values.SequenceEqual(plain.Generate(request, cancellation: Cancellation).Latents.Values));
    }

    private long Sampling(CogVideoXPipeline pipeline, GenerationRequest request, GenerationResult result)
    {
        StagePlan planned = pipeline.Plan(request).Stages.Single(stage => stage.Stage == GenerationStage.Sample);
        StageTime taken = result.Times.Single(stage => stage.Stage == GenerationStage.Sample);
        output.WriteLine($"planned {planned.PeakBytes}, took {taken.PeakBytes}");
        Assert.Equal(planned.PeakBytes, taken.PeakBytes);
        return taken.PeakBytes;
    }

    private static CogVideoXPipeline Open(
        EmulatedCard card, GraphUse graph = GraphUse.On, string? model = null, ComputeType type = ComputeType.Fp32) =>
        CogVideoXPipeline.Open(model ?? TestModels.Tiny2b, new ComputeOptions { Device = card, Compute = type, Graph = graph });

    /// <summary>One card for all: its kernels are compiled once.</summary>
    public sealed class Card : IDisposable
    {
        internal EmulatedCard Device { get; } = new();

        public void Dispose() => Device.Dispose();
    }
}
