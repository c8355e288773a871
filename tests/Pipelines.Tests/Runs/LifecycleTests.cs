using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Pipelines that are disposed, cancelled and used from several threads.</summary>
public sealed class LifecycleTests : IDisposable
{
    private static readonly GenerationRequest Long = TestModels.Quick with { Steps = 1000 };

    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b, threads: 2);

    public void Dispose() => pipeline.Dispose();

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(1025)]
    public void ThreadsThatCantBeAreRefusedByTheirName(int threads)
    {
        var options = new ComputeOptions { Threads = threads };
        ArgumentException[] refusals =
        [
            Assert.Throws<ArgumentOutOfRangeException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, threads)),
            Assert.Throws<ArgumentOutOfRangeException>(() => VideoDecoder.Open(TestModels.Tiny2b, threads)),
        ];
        RequestException[] others =
        [
            Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, options)),
            Assert.Throws<RequestException>(() => VideoDecoder.Open(TestModels.Tiny2b, options)),
        ];
        Assert.All(refusals, refusal => Assert.Equal("threads", refusal.ParamName));
        Assert.All(others, refusal => Assert.Equal(nameof(ComputeOptions.Threads), refusal.Property));
        Assert.All([.. refusals, .. others], (Exception refusal) => Assert.Contains(
            $"{threads} threads can't be; choose from 1 to 1024, or 0 for one a processor.", refusal.Message));
    }

    [Fact]
    public void ATypeOfActivationsThatThereIsntIsRefused()
    {
        var options = new ComputeOptions { Compute = (ComputeType)9 };
        var refusal = Assert.Throws<RequestException>(() => CogVideoXPipeline.Open(TestModels.Tiny2b, options));
        Assert.Equal(nameof(ComputeOptions.Compute), refusal.Property);
        Assert.Equal("9 is none of Usual, Auto, Fp32, Bf16, Fp16, Bf16Amx.", refusal.Problem);
    }

    [Fact]
    public async Task DisposingCancelsTheRunAndWaitsForItsEnd()
    {
        var began = new TaskCompletionSource();
        Task<GenerationResult> run = pipeline.GenerateAsync(
            Long, new Watch(_ => began.TrySetResult()), TestContext.Current.CancellationToken);
        await began.Task.WaitAsync(TestContext.Current.CancellationToken);
        pipeline.Dispose();
        await Assert.ThrowsAsync<CancelledException>(() => run);
    }

    [Fact]
    public void DisposingFromWithinTheProgressEndsTheRun()
    {
        Assert.Throws<CancelledException>(
            () => pipeline.Generate(Long, new Watch(_ => pipeline.Dispose()), TestContext.Current.CancellationToken));
        Assert.Throws<ObjectDisposedException>(
            () => pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AfterDisposeEverythingButDisposeThrows()
    {
        pipeline.Dispose();
        pipeline.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pipeline.Plan(TestModels.Quick));
        Assert.Throws<ObjectDisposedException>(
            () => pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => pipeline.GenerateAsync(TestModels.Quick, cancellation: TestContext.Current.CancellationToken));

        var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        decoder.Dispose();
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.Plan("latents.safetensors", TilingMode.Auto));
        Assert.Throws<ObjectDisposedException>(
            () => decoder.Decode("latents.safetensors", cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task APlanDoesntWaitForARunAndASecondRunsWaitingCanBeCancelled()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var began = new TaskCompletionSource();
        Task<GenerationResult> first = pipeline.GenerateAsync(Long, new Watch(_ => began.TrySetResult()), source.Token);
        await began.Task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, pipeline.Plan(TestModels.Quick).Settings.Steps);
        Assert.False(first.IsCompleted);

        using var impatient = new CancellationTokenSource();
        Task<GenerationResult> second = pipeline.GenerateAsync(TestModels.Quick, cancellation: impatient.Token);
        await impatient.CancelAsync();
        Assert.Equal(0, (await Assert.ThrowsAsync<CancelledException>(() => second)).FinishedSteps);
        Assert.False(first.IsCompleted);

        await source.CancelAsync();
        await Assert.ThrowsAsync<CancelledException>(() => first);
    }

    [Fact]
    public async Task RunsThatAreBegunTogetherGiveWhatEachGivesAlone()
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        float[] alone = pipeline.Generate(TestModels.Quick, cancellation: token).Video.Data.ToArray();
        GenerationResult[] together = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(_ => pipeline.GenerateAsync(TestModels.Quick, cancellation: token)));
        Assert.All(together, result => Assert.Equal(alone, result.Video.Data.ToArray()));
    }

    [Fact]
    public void ARunFromWithinAnothersProgressIsRefused() =>
        Assert.Throws<InvalidOperationException>(() => pipeline.Generate(
            TestModels.Quick, new Watch(_ => pipeline.Generate(TestModels.Quick)), TestContext.Current.CancellationToken));

    [Fact]
    public async Task NullIsRefusedByName()
    {
        Assert.Throws<ArgumentNullException>(() => CogVideoXPipeline.Open(null!));
        Assert.Throws<ArgumentNullException>(() => VideoDecoder.Open(null!));
        Assert.Throws<ArgumentNullException>(() => PromptTokenizer.Open(null!));
        Assert.Throws<ArgumentNullException>(() => pipeline.Plan(null!));
        Assert.Throws<ArgumentNullException>(() => pipeline.Generate(null!, cancellation: TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ArgumentNullException>(
            () => pipeline.GenerateAsync(null!, cancellation: TestContext.Current.CancellationToken));
        Refusal.Of(pipeline, new GenerationRequest(null!), nameof(GenerationRequest.Prompt));
        Assert.Equal("", pipeline.Plan(TestModels.Quick with { NegativePrompt = null }).Settings.NegativePrompt); // left open
    }

    [Fact]
    public void ValuesThatAnEnumDoesntHaveAreRefused()
    {
        Refusal.Of(pipeline, TestModels.Quick with { Sampler = (SamplerKind)9 }, nameof(GenerationRequest.Sampler));
        Refusal.Of(pipeline, TestModels.Quick with { Dtype = (NoiseDtype)(-1) }, nameof(GenerationRequest.Dtype));
        Refusal.Of(pipeline, TestModels.Quick with { VaeTiling = (TilingMode)3 }, nameof(GenerationRequest.VaeTiling));
    }

    [Fact]
    public void EverythingThatOpeningAndPlanningThrowIsOneKind()
    {
        Assert.IsAssignableFrom<CogVideoXException>(Record.Exception(() => CogVideoXPipeline.Open("/nowhere")));
        Assert.IsAssignableFrom<CogVideoXException>(Record.Exception(() => PromptTokenizer.Open("/nowhere")));
        Assert.IsAssignableFrom<CogVideoXException>(Record.Exception(() => pipeline.Plan(TestModels.Quick with { Width = 17 })));
        Assert.IsAssignableFrom<CogVideoXException>(Record.Exception(() => VideoMetadata.Read("/nowhere.png")));
        Assert.IsAssignableFrom<CogVideoXException>(Record.Exception(() => VideoFormats.ForPath("clip.avi")));
    }
}
