using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Resuming;

/// <summary>Runs that go on from any of their steps end with the bits of one that wasn't interrupted.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int Steps = 4;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string, SamplerKind> Runs()
    {
        var runs = new TheoryData<string, string, SamplerKind>();
        foreach (SamplerKind sampler in Enum.GetValues<SamplerKind>())
            runs.Add("text", "cpu3", sampler);
        foreach (string task in new[] { "picture", "picture-1.5", "video", "video-1.5" })
        {
            foreach (SamplerKind sampler in new[] { SamplerKind.Ddim, SamplerKind.Dpm, SamplerKind.UniPc, SamplerKind.Heun })
                runs.Add(task, "cpu3", sampler);
        }
        runs.Add("text", "apart", SamplerKind.Dpm);
        runs.Add("picture-1.5", "apart", SamplerKind.Heun);
        return runs;
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void FromEveryStepTheVideoIsTheSame(string task, string device, SamplerKind sampler)
    {
        (string model, GenerationRequest request) = TaskOf(task);
        request = request with { Sampler = sampler };
        using CogVideoXPipeline pipeline = Open(model, device);
        float[] expected = Frames(pipeline, request);
        IReadOnlyList<string> states = StatesOf(pipeline, request, expected, "first");
        Assert.Equal(ResumeState.Load(states[0]).Steps, ResumeState.Load(states[^1]).NextStep);
        Assert.InRange(states.Count, 2, 2 * Steps);
        foreach (string state in states)
            Assert.Equal(expected, Frames(pipeline, ResumeState.Load(state).ToRequest()));
    }

    [Fact]
    public void ARunThatGoesOnIsInterruptedAndGoesOnAgain()
    {
        (string model, GenerationRequest request) = TaskOf("picture");
        using CogVideoXPipeline pipeline = Open(model, "cpu3");
        float[] expected = Frames(pipeline, request);
        string state = StatesOf(pipeline, request, expected, "first")[0];
        for (int again = 0; again < Steps - 1; again++)
            state = StatesOf(pipeline, ResumeState.Load(state).ToRequest(), expected, $"again{again}")[0];
        Assert.Equal(Steps, ResumeState.Load(state).NextStep);
    }

    [Fact]
    public void ProgressBeginsWhereTheRunStood()
    {
        using CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationRequest request = TestModels.Quick with { Steps = Steps };
        string state = StatesOf(pipeline, request, Frames(pipeline, request), "first")[2];
        var seen = new List<GenerationProgress>();
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Sample)
                seen.Add(progress);
        });
        pipeline.Generate(ResumeState.Load(state).ToRequest(), watch, TestContext.Current.CancellationToken);
        Assert.Equal((3, Steps, 0.75), (seen[0].Step, seen[0].Steps, seen[0].Fraction));
        Assert.Equal((null, null), (seen[0].PerStep, seen[0].Remaining));
        Assert.Equal(seen[^1].Elapsed.TotalMilliseconds, seen[^1].PerStep!.Value.TotalMilliseconds, 0.01); // one step
    }

    [Fact]
    public void ThePlanIsOfWhatIsLeft()
    {
        using CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationRequest request = TestModels.Quick with { Steps = Steps };
        string state = StatesOf(pipeline, request, Frames(pipeline, request), "first")[1];
        Assert.Equal(Flops(request) / 2, Flops(ResumeState.Load(state).ToRequest()), 1e-3 * Flops(request));

        double Flops(GenerationRequest asked) => pipeline.Plan(asked).Stages.Single(stage => stage.Stage == GenerationStage.Sample).Flops;
    }

    [Fact]
    public void ACancelledRunSaysWhereItsStateIs()
    {
        using CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationRequest request = TestModels.Quick with { Steps = Steps, Sampler = SamplerKind.Dpm };
        float[] expected = Frames(pipeline, request);
        var files = new GenerationFiles { KeepState = folder.File("run.state") };
        using var source = new CancellationTokenSource();
        var watch = new Watch(progress =>
        {
            if (progress is { Stage: GenerationStage.Sample, Step: 2, Fraction: > 2.5 / Steps })
                source.Cancel();
        });
        var stopped = Assert.Throws<CancelledException>(() => pipeline.Generate(request, files, watch, source.Token));
        Assert.Equal((2, files.KeepState), (stopped.FinishedSteps, stopped.KeptState));
        Assert.Contains($"the run's state is in {files.KeepState}.", stopped.Message);
        Assert.Equal(expected, Frames(pipeline, ResumeState.Load(files.KeepState).ToRequest()));
    }

    [Fact]
    public void AStateThatCantBeWrittenDoesntCostTheVideo()
    {
        string place = Path.Combine(folder.Path, "gone");
        Directory.CreateDirectory(place);
        var files = new GenerationFiles { KeepState = Path.Combine(place, "run.state") };
        using CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
        var watch = new Watch(progress =>
        {
            if (progress is { Stage: GenerationStage.Sample, Step: 1 } && Directory.Exists(place))
                Directory.Delete(place, recursive: true);
        });
        GenerationResult result = pipeline.Generate(TestModels.Quick, files, watch, TestContext.Current.CancellationToken);
        Assert.Contains("doesn't exist", result.StateProblem);
        Assert.Equal(Frames(pipeline, TestModels.Quick), result.Video.Data.ToArray());
    }

    // What only decoding depends on may be given anew.
    [Fact]
    public void RateAndTilesMayChange()
    {
        using CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);
        GenerationRequest tiled = TestModels.Quick with { VaeTiling = TilingMode.On };
        string state = StatesOf(pipeline, TestModels.Quick, Frames(pipeline, TestModels.Quick), "first")[0];
        GenerationRequest rest = ResumeState.Load(state).ToRequest() with { VaeTiling = TilingMode.On, Rate = new FrameRate(25) };
        GenerationResult result = pipeline.Generate(rest, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Frames(pipeline, tiled), result.Video.Data.ToArray());
        Assert.Equal(new FrameRate(25), result.Settings.Rate);
    }

    private static CogVideoXPipeline Open(string model, string device) => CogVideoXPipeline.Open(
        model, new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 });

    private static float[] Frames(CogVideoXPipeline pipeline, GenerationRequest request) =>
        pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video.Data.ToArray();

    private static (string Model, GenerationRequest Request) TaskOf(string task)
    {
        StillImage picture = StillImage.Load(Golden.Path("pipeline/i2v-1.5.png"));
        GenerationRequest request = TestModels.Quick with { Steps = Steps, Seed = 11, DynamicGuidance = true };
        GenerationRequest small = request with { Width = 48, Height = 32, Frames = 9 };
        VideoClip clip = VideoClip.Of([.. Enumerable.Repeat(picture.FittedTo(new PixelSize(32, 48)), 9)]);
        return task switch
        {
            "picture" => (Golden.Path("checkpoints/5b-i2v"), request with { Image = picture }),
            "picture-1.5" => (Golden.Path("checkpoints/1.5-i2v"), small with { Image = picture }),
            "video" => (TestModels.Tiny5b, small with { Video = clip, Strength = 0.8 }),
            "video-1.5" => (Golden.Path("checkpoints/1.5"), small with { Video = clip, Strength = 0.8 }),
            _ => (TestModels.Tiny2b, request),
        };
    }

    // Copies of the state after each step.
    private List<string> StatesOf(CogVideoXPipeline pipeline, GenerationRequest request, float[] expected, string name)
    {
        var files = new GenerationFiles { KeepState = folder.File($"{name}.state") };
        var states = new List<string>();
        int done = request.Resume is null ? 0 : -1;
        var watch = new Watch(progress =>
        {
            if (progress.Stage != GenerationStage.Sample)
                return;
            if (done >= 0 && progress.Step > done)
            {
                states.Add(folder.File($"{name}{progress.Step}.state"));
                File.Copy(files.KeepState, states[^1]);
            }
            done = progress.Step;
        });
        GenerationResult result = pipeline.Generate(request, files, watch, TestContext.Current.CancellationToken);
        Assert.Equal(expected, result.Video.Data.ToArray());
        Assert.Null(result.StateProblem);
        return states;
    }
}
