using CogVideoX.Pipelines.Media;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Planning;

/// <summary>What the plan says a stage takes is what it takes.</summary>
public sealed class PlanMatchesRunTests
{
    private const double Tolerance = 0.05;

    [Theory]
    [InlineData("2b", 9, 6.0, TilingMode.Off)]
    [InlineData("2b", 17, 1.0, TilingMode.On)]
    [InlineData("5b", 9, 6.0, TilingMode.On)]
    [InlineData("5b", 17, 1.0, TilingMode.Off)]
    [InlineData("shapes", 17, 4.0, TilingMode.Off)]
    public void PeakOfEachStageIsThePlannedOne(string model, int frames, double guidance, TilingMode tiling)
    {
        using var pipeline = CogVideoXPipeline.Open(model == "shapes" ? TestModels.Shapes : Golden.Path($"checkpoints/{model}"));
        IsPlanned(pipeline, TestModels.Quick with { Frames = frames, GuidanceScale = guidance, VaeTiling = tiling }, model);
    }

    [Theory]
    [InlineData("5b-i2v", TilingMode.Off)]
    [InlineData("1.5-i2v", TilingMode.On)]
    [InlineData("5b", TilingMode.Off)]
    [InlineData("1.5", TilingMode.On)]
    public void SoItIsWithAPictureOrAVideo(string model, TilingMode tiling)
    {
        using var pipeline = CogVideoXPipeline.Open(Golden.Path($"checkpoints/{model}"));
        StillImage picture = StillImage.Load(Golden.Path("pipeline/i2v-1.5.png"));
        VideoClip clip = VideoClip.Of([.. Enumerable.Repeat(picture.FittedTo(new PixelSize(64, 96)), 17)]);
        GenerationRequest request = TestModels.Quick with { VaeTiling = tiling, Strength = pipeline.TakesImage ? null : 1 };
        IsPlanned(pipeline, pipeline.TakesImage ? request with { Image = picture } : request with { Video = clip }, model);
    }

    private static void IsPlanned(CogVideoXPipeline pipeline, GenerationRequest request, string model)
    {
        GenerationPlan plan = pipeline.Plan(request);
        IReadOnlyList<StageTime> times = pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Times;
        Assert.Equal(plan.Stages.Select(stage => stage.Stage), times.Select(time => time.Stage));
        foreach ((StagePlan planned, StageTime taken) in plan.Stages.Zip(times))
        {
            double ratio = (double)taken.PeakBytes / planned.ActivationBytes;
            string figures = $"{planned.Stage}: {taken.PeakBytes} bytes at the peak, {planned.ActivationBytes} planned ({ratio:F4})";
            TestContext.Current.SendDiagnosticMessage($"{model}, {figures}");
            Assert.True(ratio is >= 1 - Tolerance and <= 1 + Tolerance, figures);
        }
    }

    [Theory]
    [InlineData(TilingMode.Off, false)]
    [InlineData(TilingMode.On, true)]
    public void DecoderPlansWhatItMakes(TilingMode tiling, bool tiled)
    {
        using var folder = new TemporaryFolder();
        string latents = folder.File("latents.safetensors");
        using (var pipeline = CogVideoXPipeline.Open(TestModels.Tiny5b))
        {
            pipeline.Generate(
                TestModels.Quick with { Frames = 17 }, new GenerationFiles { SaveLatents = latents },
                cancellation: TestContext.Current.CancellationToken);
        }
        using var decoder = VideoDecoder.Open(TestModels.Tiny5b);
        (VideoShape shape, bool decidedTiled, StagePlan plan) = decoder.Plan(latents, tiling);
        VideoFrames video = decoder.Decode(latents, tiling, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((video.Count, video.Height, video.Width), (shape.Count, shape.Height, shape.Width));
        Assert.Equal(tiled, decidedTiled);
        Assert.Equal(GenerationStage.Decode, plan.Stage);
    }
}
