namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>A seed is a video, whatever computes it.</summary>
public sealed class SeedTests
{
    private static readonly ulong[] Seeds = [0, 42, 1UL << 63, ulong.MaxValue];

    [Theory]
    [InlineData(SamplerKind.Ddim)]
    [InlineData(SamplerKind.Dpm)]
    [InlineData(SamplerKind.Heun)]
    [InlineData(SamplerKind.UniPc)]
    [InlineData(SamplerKind.Dpm2MSde)]
    public void GivesTheSameBitsOnAnyNumberOfThreads(SamplerKind sampler)
    {
        float[][] videos = [.. Seeds.Select(seed => Generate(1, seed, sampler))];
        foreach (int threads in new[] { 2, 7 })
            Assert.Equal(videos, Seeds.Select(seed => Generate(threads, seed, sampler)));
    }

    // PyTorch takes the lower 32 bits, and so 2⁶³ is 0.
    [Fact]
    public void OthersGiveOtherVideos()
    {
        float[][] videos = [.. Seeds.Select(seed => Generate(2, seed, SamplerKind.Ddim))];
        Assert.Equal(videos[0], videos[2]);
        Assert.NotEqual(videos[0], videos[1]);
        Assert.NotEqual(videos[0], videos[3]);
        Assert.NotEqual(videos[1], videos[3]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(27)]
    public void CountsOfStepsThatDontDivideTheLevelsAreTaken(int steps)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads: 2);
        foreach (SamplerKind sampler in Enum.GetValues<SamplerKind>())
        {
            var seen = new SortedSet<int>();
            var request = TestModels.Quick with { Steps = steps, Sampler = sampler, Frames = 1 };
            var watch = new Watch(progress =>
            {
                if (progress.Stage == GenerationStage.Sample)
                    seen.Add(progress.Step);
            });
            pipeline.Generate(request, watch, TestContext.Current.CancellationToken);
            int evaluations = sampler == SamplerKind.Heun ? 2 * steps - 1 : steps;
            Assert.Equal(Enumerable.Range(0, evaluations + 1), seen);
        }
    }

    private static float[] Generate(int threads, ulong seed, SamplerKind sampler)
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads);
        var request = TestModels.Quick with { Seed = seed, Sampler = sampler, Frames = 1 };
        return pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();
    }
}
