using System.Diagnostics;
using CogVideoX.Emulator;
using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>Whole runs on a card that the emulator plays: right ones, and all the ways in which a card lets one down.</summary>
public sealed class DeviceRunTests(ITestOutputHelper output)
{
    private static readonly string[] Stages = [GenerationStage.Encode, GenerationStage.Sample, GenerationStage.Decode];

    // One step, one frame of the least size.
    private static GenerationRequest Least => new("a red circle") { Steps = 1, Frames = 1, Width = 32, Height = 32 };

    // In order, and with the work of its stream done as late as it may be.
    [Theory]
    [InlineData(WorkOrder.InOrder, WeightPlacement.Auto)]
    [InlineData(WorkOrder.Shuffled, WeightPlacement.Auto)]
    [InlineData(WorkOrder.Shuffled, WeightPlacement.Layers)]
    public void ARunIsWhatItIsOnTheCpu(WorkOrder order, WeightPlacement weights)
    {
        using var card = new EmulatedCard(new EmulatedDeviceOptions { Order = order, Seed = 3 });
        using CogVideoXPipeline onCard = Open(card, weights), onCpu = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationResult expected = onCpu.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        GenerationResult result = onCard.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        double error = Agree.RelativeError(result.Video.Data.Span, expected.Video.Data.Span);
        output.WriteLine($"relative error {error:E2}, {card.Emulated.LaunchCount} launches");
        Assert.True(error <= Agree.Pipeline, $"relative error {error:E2}");
        Assert.Equal(0, onCard.LiveTensors);
        onCard.Dispose();
        Assert.Equal(0, card.Emulated.LiveAllocations);
    }

    // A and B, or the merged weights, are brought there or made there, and nothing else stays.
    [Theory]
    [InlineData(false, ComputeType.Bf16, 0.05)] // activations of 16 bits, A and B of 32
    [InlineData(true, ComputeType.Fp32, Agree.Pipeline)]
    public void ARunWithAdaptersIsWhatItIsOnTheCpu(bool merge, ComputeType activations, double tolerance)
    {
        var loras = new LoraOptions { Adapters = [new Lora(Golden.Path("lora/drift"), 1.2)], Merge = merge };
        using var card = new EmulatedCard();
        var compute = new ComputeOptions { Device = card, Compute = activations };
        using CogVideoXPipeline onCard = CogVideoXPipeline.Open(TestModels.Tiny2b, compute, loras);
        using CogVideoXPipeline onCpu = CogVideoXPipeline.Open(TestModels.Tiny2b, ComputeOptions.Default, loras);
        using CogVideoXPipeline plain = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationResult expected = onCpu.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        GenerationResult result = onCard.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        double error = Agree.RelativeError(result.Video.Data.Span, expected.Video.Data.Span);
        GenerationResult without = plain.Generate(Least, cancellation: TestContext.Current.CancellationToken);
        double change = Agree.RelativeError(without.Video.Data.Span, expected.Video.Data.Span);
        output.WriteLine($"relative error {error:E2}, the adapter changes {change:E2}, {card.Emulated.LaunchCount} launches");
        Assert.True(error <= tolerance && error < change / 2, $"relative error {error:E2}, the adapter changes {change:E2}");
        foreach ((StagePlan planned, StageTime taken) in onCard.Plan(Least).Stages.Zip(result.Times))
            Assert.InRange(taken.PeakBytes / (double)planned.PeakBytes, 0.95, 1.05);
        Assert.Equal(0, onCard.LiveTensors);
        onCard.Dispose();
        Assert.Equal(0, card.Emulated.LiveAllocations);
    }

    // Launches are left out, so that memory is all that is looked at: a run of one step and one frame, which gets ever more of it.
    [Fact]
    public void MemoryThatEndsAtAnyPointLeavesNothingBehind()
    {
        var clock = Stopwatch.StartNew();
        long first = 0, had = long.MaxValue; // allocations before this run, and those that it gets
        using var card = new EmulatedCard(new EmulatedDeviceOptions { FailAllocation = index => index - first >= had });
        card.Emulated.SkipLaunches = true;
        int points = 0;
        Run(fails: false);
        for (long needed = card.Emulated.AllocationCount, point = 0; point < needed; point++, points++)
        {
            (first, had) = (card.Emulated.AllocationCount, point);
            Run(fails: true);
        }
        output.WriteLine($"{points} points in {clock.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(points, 50, 10_000);

        // A run that has too little says so, and leaves no more than finished latents.
        void Run(bool fails)
        {
            using var folder = new TemporaryFolder();
            var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors") };
            using (CogVideoXPipeline pipeline = Open(card))
            {
                if (fails)
                {
                    GenerationException thrown = Assert.Throws<GenerationException>(
                        () => pipeline.Generate(Least, files, cancellation: TestContext.Current.CancellationToken));
                    Assert.Equal(thrown.SavedLatents is null ? [] : ["latents.safetensors"], folder.Names);
                }
                else
                {
                    pipeline.Generate(Least, files, cancellation: TestContext.Current.CancellationToken);
                }
                Assert.Equal(0, pipeline.LiveTensors);
            }
            Assert.Equal(0, card.Emulated.LiveAllocations);
        }
    }

    [Fact]
    public void ALostCardEndsTheRunAndLatentsStay()
    {
        foreach (string stage in Stages)
        {
            using var folder = new TemporaryFolder();
            using var card = new EmulatedCard();
            using CogVideoXPipeline pipeline = Open(card);
            card.Emulated.SkipLaunches = true;
            var watch = new Watch(progress =>
            {
                if (progress.Stage == stage && progress.Fraction > 0)
                    card.Emulated.Lose("it was pulled out");
            });
            var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors") };
            GenerationException thrown = Assert.Throws<GenerationException>(
                () => pipeline.Generate(Least, files, watch, TestContext.Current.CancellationToken));
            Assert.Contains("it was pulled out", thrown.Message, StringComparison.Ordinal);
            Assert.Contains($"'{stage}'", thrown.Message, StringComparison.Ordinal);
            Assert.Equal(stage == GenerationStage.Decode ? ["latents.safetensors"] : [], folder.Names);
        }
    }

    [Fact]
    public void ARunIsCancelledInEveryStage()
    {
        using var card = new EmulatedCard();
        using CogVideoXPipeline pipeline = Open(card);
        card.Emulated.SkipLaunches = true;
        foreach (string stage in Stages)
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

    // In turns, as a server would: neither takes the other's memory, and one that is let go leaves the other whole.
    [Fact]
    public void TwoPipelinesShareACard()
    {
        using var card = new EmulatedCard();
        card.Emulated.SkipLaunches = true;
        CogVideoXPipeline first = Open(card), second = Open(card);
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        for (int i = 0; i < 2; i++)
        {
            first.Generate(Least, cancellation: cancellation);
            second.Generate(Least, cancellation: cancellation);
        }
        int both = card.Emulated.LiveAllocations;
        first.Dispose();
        Assert.InRange(card.Emulated.LiveAllocations, 1, both - 1);
        second.Generate(Least, cancellation: cancellation);
        Assert.Equal(0, second.LiveTensors);
        second.Dispose();
        Assert.Equal(0, card.Emulated.LiveAllocations);
    }

    // Nothing is computed: what is looked at is that neither disturbs the other.
    [Fact]
    public void PipelinesOnTwoCardsRunAtTheSameTime()
    {
        using EmulatedCard first = new(), second = new();
        Parallel.ForEach([first, second], card =>
        {
            using CogVideoXPipeline pipeline = Open(card);
            card.Emulated.SkipLaunches = true;
            for (int i = 0; i < 3; i++)
                pipeline.Generate(Least, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(0, pipeline.LiveTensors);
        });
        Assert.Equal(first.Emulated.LaunchCount, second.Emulated.LaunchCount);
    }

    [Fact]
    public void WhatACardLacksIsSaidBeforeItIsOpened()
    {
        using var card = new EmulatedCard();
        RequestException thrown = Assert.Throws<RequestException>(
            () => CogVideoXPipeline.Open(TestModels.Tiny2b, new ComputeOptions { Device = card, Compute = ComputeType.Fp16 }));
        Assert.Equal(nameof(ComputeOptions.Compute), thrown.Property);
        Assert.Contains("without F16", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ACardWithTooLittleMemoryIsRefusedByThePlan()
    {
        using var card = new EmulatedCard(new EmulatedDeviceOptions { MemoryBytes = 100_000 });
        using CogVideoXPipeline pipeline = Open(card);
        RequestException thrown = Assert.Throws<RequestException>(() => pipeline.Plan(Least));
        Assert.Contains("are free", thrown.Message, StringComparison.Ordinal);
    }

    private static CogVideoXPipeline Open(EmulatedCard card, WeightPlacement weights = WeightPlacement.Auto) =>
        CogVideoXPipeline.Open(TestModels.Tiny2b, new ComputeOptions { Device = card, Compute = ComputeType.Fp32, Weights = weights });
}
