using System.Diagnostics;
using CogVideoX.Emulator;
using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>Whole runs on a card that the emulator plays: right ones, and all the ways in which a card lets one down.</summary>
public sealed class DeviceRunTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    // One step, one frame of the least size.
    private static GenerationRequest Least => new("a red circle") { Steps = 1, Frames = 1, Width = 32, Height = 32 };

    public void Dispose() => folder.Dispose();

    // In order, and with the work of its stream done as late as it may be.
    [Theory]
    [InlineData(WorkOrder.InOrder)]
    [InlineData(WorkOrder.Shuffled)]
    public void ARunIsWhatItIsOnTheCpu(WorkOrder order)
    {
        var card = new EmulatedCard(new EmulatedDeviceOptions { Order = order, Seed = 3 });
        using TextToVideo onCard = Open(card), onCpu = TextToVideo.Open(TestModels.Tiny2b);
        GenerationResult expected = onCpu.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        GenerationResult result = onCard.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        double error = Agree.RelativeError(result.Video.Data.Span, expected.Video.Data.Span);
        output.WriteLine($"relative error {error:E2}, {card.Emulated.LaunchCount} launches");
        Assert.True(error <= Agree.Pipeline, $"relative error {error:E2}");
        Assert.Equal(0, onCard.LiveTensors);
        onCard.Dispose();
        Assert.Equal(0, card.Emulated.LiveAllocations);
    }

    // Launches are left out, so that nothing but memory is looked at: all points take a minute.
    [Fact]
    public void MemoryThatEndsAtAnyPointLeavesNothingBehind()
    {
        var clock = Stopwatch.StartNew();
        long asked = 0;
        int failed = 0;
        for (long limit = 0; asked == 0 || limit < asked; limit++)
        {
            long last = limit;
            using var run = new TemporaryFolder();
            var card = new EmulatedCard(new EmulatedDeviceOptions { FailAllocation = index => index >= last && last < asked });
            long made = Run(card, run, fails: last < asked);
            failed += last < asked ? 1 : 0;
            if (asked == 0)
                (asked, limit) = (made, -1); // the first run had all it asked for
        }
        output.WriteLine($"{failed} points in {clock.Elapsed.TotalSeconds:F0} s");
    }

    [Fact]
    public void ALostCardEndsTheRunAndLatentsStay()
    {
        foreach (string stage in new[] { GenerationStage.Encode, GenerationStage.Sample, GenerationStage.Decode })
        {
            using var run = new TemporaryFolder();
            var card = new EmulatedCard(new EmulatedDeviceOptions());
            using TextToVideo pipeline = Open(card);
            card.Emulated.SkipLaunches = true;
            var watch = new Watch(progress =>
            {
                if (progress.Stage == stage && progress.Fraction > 0)
                    card.Emulated.Lose("it was pulled out");
            });
            var files = new GenerationFiles { SaveLatents = run.File("latents.safetensors") };
            GenerationException thrown = Assert.Throws<GenerationException>(
                () => pipeline.Generate(Least, files, watch, TestContext.Current.CancellationToken));
            Assert.Contains("it was pulled out", thrown.Message, StringComparison.Ordinal);
            Assert.Contains($"'{stage}'", thrown.Message, StringComparison.Ordinal);
            Assert.Equal(stage == GenerationStage.Decode ? ["latents.safetensors"] : [], run.Names);
        }
    }

    [Fact]
    public void ARunIsCancelledInEveryStage()
    {
        var card = new EmulatedCard(new EmulatedDeviceOptions());
        using TextToVideo pipeline = Open(card);
        card.Emulated.SkipLaunches = true;
        foreach (string stage in new[] { GenerationStage.Encode, GenerationStage.Sample, GenerationStage.Decode })
        {
            using var stop = new CancellationTokenSource();
            var watch = new Watch(progress =>
            {
                if (progress.Stage == stage && progress.Fraction > 0)
                    stop.Cancel();
            });
            CancelledException thrown = Assert.Throws<CancelledException>(() => pipeline.Generate(Least, watch, stop.Token));
            Assert.Equal(stage, thrown.Stage);
            Assert.Equal(0, pipeline.LiveTensors);
        }
    }

    // Nothing is computed: what is looked at is that neither disturbs the other.
    [Fact]
    public void TwoPipelinesRunAtTheSameTime()
    {
        EmulatedCard[] cards = [new(new EmulatedDeviceOptions()), new(new EmulatedDeviceOptions())];
        Parallel.ForEach(cards, card =>
        {
            using TextToVideo pipeline = Open(card);
            card.Emulated.SkipLaunches = true;
            for (int i = 0; i < 3; i++)
                pipeline.Generate(Least, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(0, pipeline.LiveTensors);
        });
        Assert.Equal(cards[0].Emulated.LaunchCount, cards[1].Emulated.LaunchCount);
    }

    [Fact]
    public void WhatACardLacksIsSaidBeforeItIsOpened()
    {
        RequestException thrown = Assert.Throws<RequestException>(() => TextToVideo.Open(
            TestModels.Tiny2b, new ComputeOptions { Device = new EmulatedCard(new()), Compute = ComputeType.Fp16 }));
        Assert.Equal(nameof(ComputeOptions.Compute), thrown.Property);
        Assert.Contains("without F16", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACardWithTooLittleMemoryIsRefusedByThePlan()
    {
        using TextToVideo pipeline = Open(new EmulatedCard(new EmulatedDeviceOptions { MemoryBytes = 100_000 }));
        RequestException thrown = Assert.Throws<RequestException>(() => pipeline.Plan(Least));
        Assert.Contains("are free", thrown.Message, StringComparison.Ordinal);
    }

    private static TextToVideo Open(EmulatedCard card) =>
        TextToVideo.Open(TestModels.Tiny2b, new ComputeOptions { Device = card, Compute = ComputeType.Fp32 });

    // How much memory was asked for; a run that has too little says so, and leaves no more than finished latents.
    private static long Run(EmulatedCard card, TemporaryFolder run, bool fails)
    {
        using TextToVideo pipeline = Open(card);
        card.Emulated.SkipLaunches = true;
        var files = new GenerationFiles { SaveLatents = run.File("latents.safetensors") };
        if (!fails)
        {
            pipeline.Generate(Least, files, cancellation: TestContext.Current.CancellationToken);
        }
        else
        {
            GenerationException thrown = Assert.Throws<GenerationException>(
                () => pipeline.Generate(Least, files, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal(thrown.SavedLatents is null ? [] : ["latents.safetensors"], run.Names);
        }
        Assert.Equal(0, pipeline.LiveTensors);
        long asked = card.Emulated.AllocationCount;
        pipeline.Dispose();
        Assert.Equal(0, card.Emulated.LiveAllocations);
        return asked;
    }
}
