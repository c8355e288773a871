using CogVideoX.Pipelines.Tests.Runs;

namespace CogVideoX.Pipelines.Tests.Caching;

/// <summary>Runs with caches: what they take, leave behind, and tell.</summary>
public sealed class CacheRunTests
{
    public static TheoryData<string> Caches => ["first-block:0.75", "pyramid:2,100,800"];

    private static GenerationRequest Request(string cache) =>
        CacheGoldens.Request(CacheGoldens.None) with { Cache = StepCaching.Parse(cache) };

    [Theory]
    [MemberData(nameof(Caches))]
    public void AnyNumberOfThreadsGivesTheSameBitsAndASecondRunToo(string cache)
    {
        using var one = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 1);
        using var three = CogVideoXPipeline.Open(TestModels.Tiny5b, threads: 3);
        GenerationResult expected = Generate(one, Request(cache));
        Assert.InRange(expected.Cache!.Reusing, 3, 5);
        foreach (CogVideoXPipeline pipeline in new[] { one, three })
        {
            GenerationResult again = Generate(pipeline, Request(cache));
            Assert.Equal(expected.Video.Data.ToArray(), again.Video.Data.ToArray());
            Assert.Equal(expected.Cache, again.Cache);
            Assert.Equal(0, pipeline.LiveTensors);
        }
    }

    // Timesteps at the ends of a range are outside of it. A run after one with a cache is as if there had been none.
    [Fact]
    public void WhatReusesNothingChangesNoBit()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        float[] expected = Generate(pipeline, Request("none")).Video.Data.ToArray();
        foreach (string cache in new[] { "first-block:0.01", "pyramid:2,990,999", "pyramid:2,0,124" })
        {
            GenerationResult result = Generate(pipeline, Request(cache));
            Assert.Equal(new StepCacheUse(8, 0), result.Cache);
            Assert.Equal(expected, result.Video.Data.ToArray());
        }
        Assert.NotEqual(expected, Generate(pipeline, Request("first-block:0.75")).Video.Data.ToArray());
        GenerationResult without = Generate(pipeline, Request("none"));
        Assert.Equal(expected, without.Video.Data.ToArray());
        Assert.Null(without.Cache);
    }

    // Heun asks twice a step but for the last.
    [Theory]
    [InlineData(SamplerKind.Heun, 15)]
    [InlineData(SamplerKind.Dpm, 8)]
    [InlineData(SamplerKind.UniPc, 8)]
    public void EvaluationsAreCounted(SamplerKind sampler, int evaluations)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        GenerationResult result = Generate(pipeline, Request("pyramid:2,0,1000") with { Sampler = sampler });
        Assert.Equal(new StepCacheUse(evaluations, evaluations / 2), result.Cache);
        Assert.Equal(evaluations, Generate(pipeline, Request("first-block:0.75") with { Sampler = sampler }).Cache!.Evaluations);
    }

    [Theory]
    [MemberData(nameof(Caches))]
    public void WithoutGuidanceThereIsOneRow(string cache)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        GenerationResult result = Generate(pipeline, Request(cache) with { GuidanceScale = 1 });
        Assert.InRange(result.Cache!.Reusing, 1, 7);
        Assert.Equal(0, pipeline.LiveTensors);
    }

    // At 1, 2 and 4 of 8 steps a run of either kind has something in its cache.
    [Theory]
    [MemberData(nameof(Caches))]
    public void ARunThatIsStoppedLeavesNothingInMemory(string cache)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        float[] expected = Generate(pipeline, Request(cache)).Video.Data.ToArray();
        foreach (double moment in new[] { 0.01, 1.3, 2.3, 4.3 })
        {
            using var source = new CancellationTokenSource();
            var watch = new Watch(progress =>
            {
                if (progress.Stage == GenerationStage.Sample && progress.Fraction > moment / 8)
                    source.Cancel();
            });
            var stopped = Assert.Throws<CancelledException>(() => pipeline.Generate(Request(cache), watch, source.Token));
            Assert.InRange(stopped.FinishedSteps, (int)moment, (int)moment + 1);
            Assert.Equal(0, pipeline.LiveTensors);
        }
        Assert.Equal(expected, Generate(pipeline, Request(cache)).Video.Data.ToArray());
    }

    // The plan counts a run that computes all of every step, beside what is kept.
    [Theory]
    [MemberData(nameof(Caches))]
    public void ThePlanHoldsWhatIsKept(string cache)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b);
        GenerationRequest request = Request(cache) with { Width = 96, Height = 64 };
        StagePlan planned = Sampling(request), plain = Sampling(request with { Cache = StepCaching.None });
        GenerationResult result = Generate(pipeline, request);
        const long Rows = 2, Video = 3 * 4 * 6, Text = 26, Width = 96, Blocks = 2;
        long kept = sizeof(float) * Rows * Width * (cache.StartsWith('f') ? 2 * Video : Blocks * (Text + Video));
        Assert.InRange(planned.ActivationBytes - plain.ActivationBytes, kept, kept + kept / 2);
        Assert.InRange(planned.Flops / (double)plain.Flops, 1, 1.01);
        long taken = result.Times.Single(time => time.Stage == GenerationStage.Sample).PeakBytes;
        Assert.InRange(taken / (double)planned.ActivationBytes, 0.95, 1);

        StagePlan Sampling(GenerationRequest asked) =>
            pipeline.Plan(asked).Stages.Single(stage => stage.Stage == GenerationStage.Sample);
    }

    private static GenerationResult Generate(CogVideoXPipeline pipeline, GenerationRequest request) =>
        pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken);
}
