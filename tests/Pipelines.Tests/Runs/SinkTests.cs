using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Frames that go to a sink as they are decoded.</summary>
public sealed class SinkTests : IDisposable
{
    private static readonly GenerationRequest Request = TestModels.Quick with { Frames = 17 };

    private readonly TemporaryFolder folder = new();
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
    private readonly CancellationTokenSource source = new();

    public void Dispose()
    {
        pipeline.Dispose();
        source.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(TilingMode.Off)]
    [InlineData(TilingMode.On)]
    public void GetsTheFramesThatAreCollectedOtherwise(TilingMode tiling)
    {
        GenerationRequest request = Request with { VaeTiling = tiling };
        GenerationResult whole = pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken);
        var sink = new Listening();
        GenerationSummary run = pipeline.Generate(request, sink, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(whole.Video.Data.ToArray(), sink.Numbers);
        Assert.Equal(new VideoShape(17, 64, 96, new FrameRate(8)), sink.Shape);
        Assert.Equal(run.Settings, sink.Settings);
        Assert.Equal(whole.Latents.Values, run.Latents.Values);
    }

    // Three chunks of latents; the first has three of them and gives 9 frames.
    [Fact]
    public void GetsFramesWhileOthersAreYetToBeDecoded()
    {
        var sink = new Listening();
        var seen = new List<(double Fraction, int Frames)>();
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Decode)
                seen.Add((progress.Fraction, sink.Frames));
        });
        pipeline.Generate(Request, sink, progress: watch, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(seen, at => at.Fraction < 1 && at.Frames == 9);
        Assert.Equal(17, sink.Frames);
    }

    [Fact]
    public void AVideoSinkIsOne()
    {
        string streamed = folder.File("streamed.png"), saved = folder.File("saved.png");
        GenerationPlan plan = pipeline.Plan(Request, streams: true);
        using (VideoSink sink = VideoSink.Open(streamed, plan.Video))
        {
            pipeline.Generate(Request, sink, cancellation: TestContext.Current.CancellationToken);
            sink.Complete(TestContext.Current.CancellationToken);
        }
        GenerationResult result = pipeline.Generate(Request, cancellation: TestContext.Current.CancellationToken);
        result.Video.Save(saved, plan.Video.Rate, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(File.ReadAllBytes(saved), File.ReadAllBytes(streamed));
    }

    [Fact]
    public void OneThatFailsEndsTheRunWithTheLatentsKept()
    {
        var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors") };
        var sink = new Listening { FailsAt = 3 };
        var failure = Assert.Throws<SinkException>(
            () => pipeline.Generate(Request, sink, files, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("no more", failure.Message);
        Assert.Equal(VideoLatents.Load(files.SaveLatents).Values, failure.Latents.Values);
        Assert.Equal(["latents.safetensors"], folder.Names);
        Assert.Equal(0, pipeline.LiveTensors);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        var again = new Listening();
        decoder.Decode(files.SaveLatents, again, TilingMode.Off, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(sink.Numbers, again.Numbers[..sink.Numbers.Count]);
    }

    // As an HttpClient does where the other side doesn't answer.
    [Fact]
    public void OneThatGivesUpByItselfFailsThoughItCallsThatCancelled()
    {
        var failure = Assert.Throws<SinkException>(
            () => pipeline.Generate(Request, new Impatient(), cancellation: TestContext.Current.CancellationToken));
        Assert.IsType<TaskCanceledException>(failure.InnerException);
        Assert.NotEmpty(failure.Latents.Values.ToArray());
    }

    [Fact]
    public void CancellingWhileItWritesLeavesNothingHalfWritten()
    {
        string file = folder.File("clip.png");
        var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors") };
        using VideoSink inner = VideoSink.Open(file, pipeline.Plan(Request, streams: true).Video);
        var sink = new Listening { Inner = inner, CancelsAt = (3, source) };
        CancelledException stopped = Assert.Throws<CancelledException>(
            () => pipeline.Generate(Request, sink, files, cancellation: source.Token));
        Assert.Equal((GenerationStage.Decode, files.SaveLatents), (stopped.Stage, stopped.SavedLatents));
        inner.Dispose();
        Assert.Equal(["latents.safetensors"], folder.Names);
    }

    [Theory]
    [InlineData(9, 64, 96)]
    [InlineData(17, 96, 64)]
    [InlineData(17, 64, 80)]
    public void AVideoSinkOfAnotherShapeIsRefusedBeforeAnythingRuns(int count, int height, int width)
    {
        using VideoSink sink = VideoSink.Open(folder.File("clip.png"), new VideoShape(count, height, width, new FrameRate(8)));
        string message = RefusedBeforeItRuns(sink);
        Assert.Contains($"opened for {count} frames of {width}×{height}, and the video has 17 frames of 96×64", message);
        sink.Dispose();
        Assert.Contains("it has ended already", RefusedBeforeItRuns(sink));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AVideoSinkThatHasFramesIsRefusedBeforeAnythingRuns()
    {
        VideoShape shape = pipeline.Plan(Request, streams: true).Video;
        using VideoSink sink = VideoSink.Open(folder.File("clip.png"), shape);
        sink.Write(new float[3 * shape.Height * shape.Width], TestContext.Current.CancellationToken);
        Assert.Contains("it has frames already", RefusedBeforeItRuns(sink));
    }

    [Fact]
    public void TheDecodersVideoSinkMustFitToo()
    {
        var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors") };
        pipeline.Generate(TestModels.Quick, files, cancellation: TestContext.Current.CancellationToken);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        using VideoSink sink = VideoSink.Open(folder.File("clip.png"), new VideoShape(9, 64, 64, new FrameRate(8)));
        var refusal = Assert.Throws<RequestException>(
            () => decoder.Decode(files.SaveLatents, sink, progress: Still, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("sink", refusal.Property);
    }

    [Fact]
    public void EverySinkHearsWhatComesBeforeItIsComputed()
    {
        var sink = new Demanding();
        Assert.Throws<NotSupportedException>(
            () => pipeline.Generate(Request, sink, progress: Still, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal(new VideoShape(17, 64, 96, new FrameRate(8)), sink.Expected);
    }

    private static Watch Still => new(_ => Assert.Fail("it runs"));

    private string RefusedBeforeItRuns(IFrameSink sink)
    {
        var refusal = Assert.Throws<RequestException>(
            () => pipeline.Generate(Request, sink, progress: Still, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("sink", refusal.Property);
        return refusal.Message;
    }

    private sealed class Demanding : IFrameSink
    {
        public VideoShape? Expected { get; private set; }

        public void Expect(GenerationSettings settings, VideoShape shape)
        {
            Expected = shape;
            throw new NotSupportedException("not this one");
        }

        public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation) => Assert.Fail("nothing is written");
    }

    private sealed class Impatient : IFrameSink
    {
        public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation) =>
            throw new TaskCanceledException("no answer in 100 s");
    }

    private sealed class Listening : IFrameSink
    {
        public List<float> Numbers { get; } = [];

        public int Frames { get; private set; }

        public GenerationSettings? Settings { get; private set; }

        public VideoShape? Shape { get; private set; }

        public int? FailsAt { get; init; }

        public (int Frame, CancellationTokenSource Source)? CancelsAt { get; init; }

        public IFrameSink? Inner { get; init; }

        public void Begin(GenerationSettings settings, VideoShape shape)
        {
            Assert.Null(Settings);
            (Settings, Shape) = (settings, shape);
        }

        public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation)
        {
            if (Frames == FailsAt)
                throw new InvalidOperationException("no more");
            if (Frames == CancelsAt?.Frame)
                CancelsAt.Value.Source.Cancel();
            Inner?.Write(frame, cancellation);
            Numbers.AddRange(frame);
            Frames++;
        }
    }
}
