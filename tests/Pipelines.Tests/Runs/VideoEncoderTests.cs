using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Videos and pictures to latents.</summary>
public sealed class VideoEncoderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Means and draws with seed 3, for counts that end a chunk and that don't.
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(13)]
    [InlineData(17)]
    public void LatentsAreTheReferencesScaled(int frames)
    {
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        Agree(seed: null, "mean");
        Agree(seed: 3, "sample_seed3");

        void Agree(ulong? seed, string name)
        {
            using Ops ops = Ops.OnCpu(2);
            using LoadedModel model = LoadedModel.Open(TestModels.Tiny5b);
            Tensor x = goldens[$"encode.{frames}.x"], expected = goldens[$"encode.{frames}.{name}"];
            var settings = new GenerationSettings { VaeTiling = TilingMode.Off, Seed = seed };
            using var state = new RunState(new ModelParts(model, ops), settings, StageClock.Silent(ops));
            state.HandFrames(ops.Permute(ops.FromHost(x.ToFloats(), x.Shape), [0, 2, 3, 4, 1]));
            TaskRun.Run(GenerationTasks.Encode, state, letsGo: false);
            Tensor latents = ops.Scale(state.Latents, (float)(1 / model.Folder.Vae.ScalingFactor));
            Testing.Agree.With(expected, ops.Permute(latents, [0, 2, 1, 3, 4]), $"{name} of {frames}");
        }
    }

    [Theory]
    [InlineData(TilingMode.Off)]
    [InlineData(TilingMode.On)]
    public void DecodingGivesTheVideoBack(TilingMode tiling)
    {
        VideoClip clip = TestClips.Shapes(count: 17);
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        (Shape shape, bool tiled, StagePlan plan) = encoder.Plan(clip.Count, clip.Size, tiling);
        VideoLatents latents = encoder.Encode(clip, tiling, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(([1, 5, 8, 8, 8], tiling == TilingMode.On, GenerationStage.Encode), (shape, tiled, plan.Stage));
        Assert.Equal(shape, latents.Shape);
        VideoFrames again = Decode(TestModels.Shapes, latents), before = clip.ToFrames();
        double psnr = Psnr.Of(before, again), ssim = Ssim.Of(before, again);
        TestContext.Current.TestOutputHelper!.WriteLine(FormattableString.Invariant($"{psnr:F2} dB, SSIM {ssim:F4}"));
        Assert.True(psnr > 30 && ssim > 0.9, $"{psnr:F2} dB, {ssim:F4}");
    }

    [Fact]
    public void LatentsInMemoryAreDecodedAsThoseOfAFile()
    {
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        using var decoder = VideoDecoder.Open(TestModels.Shapes);
        VideoLatents latents = encoder.Encode(TestClips.Shapes(count: 9), cancellation: TestContext.Current.CancellationToken);
        float[] decoded = decoder.Decode(latents, cancellation: TestContext.Current.CancellationToken).Planes();
        Assert.Equal(Decode(TestModels.Shapes, latents).Planes(), decoded);
        float[] values = latents.Values.ToArray();
        values[3] = float.NaN;
        Assert.Contains("NaN", Refused(new VideoLatents(values, latents.Shape)));
        Assert.Contains("have 8 channels", Refused(new VideoLatents(new float[4], [1, 1, 1, 2, 2])));

        string Refused(VideoLatents given) => Assert.Throws<RequestException>(
            () => decoder.Decode(given, cancellation: TestContext.Current.CancellationToken)).Problem;
    }

    [Fact]
    public void WhatCantBeIsRefused()
    {
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        using var decoder = VideoDecoder.Open(TestModels.Shapes);
        VideoClip clip = TestClips.Shapes(count: 1);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => encoder.Encode(clip, (TilingMode)99, cancellation: TestContext.Current.CancellationToken));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Plan([1, 1, 8, 2, 2], (TilingMode)99));
        var cancelled = new CancellationToken(canceled: true);
        Assert.Equal(GenerationStage.Encode, Assert.Throws<CancelledException>(() => encoder.Encode(clip, cancellation: cancelled)).Stage);
    }

    [Fact]
    public void APictureIsAClipOfOneFrame()
    {
        string path = folder.File("picture.png");
        var frames = TestClips.Frames(1);
        MadePicture(path, frames);
        var options = new ClipOptions { Size = new PixelSize(48, 64), Count = 17, Rate = new(8) };
        VideoClip clip = VideoClip.LoadVideoOrPicture(path, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((1, new PixelSize(48, 64), null), (clip.Count, clip.Size, clip.Rate));
        Assert.EndsWith(": cropped from 64×64 to 64×48.", clip.Summary);
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        Assert.Equal([1, 1, 8, 6, 8], encoder.Encode(clip, cancellation: TestContext.Current.CancellationToken).Shape);
    }

    [Fact]
    public void ADrawIsItsSeeds()
    {
        VideoClip clip = TestClips.Shapes(count: 9);
        using VideoEncoder one = VideoEncoder.Open(TestModels.Shapes, threads: 1), three = VideoEncoder.Open(TestModels.Shapes, threads: 3);
        float[] mean = Encode(one, null), draw = Encode(one, 7);
        Assert.Equal(draw, Encode(three, 7));
        Assert.Equal(mean, Encode(three, null));
        Assert.NotEqual(draw, Encode(one, 8));
        Assert.NotEqual(draw, mean);

        float[] Encode(VideoEncoder encoder, ulong? seed) =>
            encoder.Encode(clip, sampleSeed: seed, cancellation: TestContext.Current.CancellationToken).Values.ToArray();
    }

    [Theory]
    [InlineData(TilingMode.Off)]
    [InlineData(TilingMode.On)]
    public void ThePlanIsTheRun(TilingMode tiling)
    {
        Shape shape = [1, 17, 176, 208, 3];
        using LoadedModel model = LoadedModel.Open(TestModels.Tiny5b);
        var settings = new GenerationSettings { VaeTiling = tiling, Seed = 1 };
        using Ops real = Ops.OnCpu(2), planning = Ops.Planning();
        using RunState plan = StateOf(model, planning, shape, settings), run = StateOf(model, real, shape, settings);
        StagePlan planned = TaskPlanner.Plan(GenerationTasks.Encode, plan, 1L << 40, letsGo: false).Single();
        TaskRun.Run(GenerationTasks.Encode, run, letsGo: false);
        Assert.Equal(1, (double)run.Clock.Times.Single().PeakBytes / planned.ActivationBytes, 0.05);
        Assert.Equal(plan.Latents.Shape, run.Latents.Shape);
    }

    [Fact]
    public void TilesAreTakenOnlyWhereTheWholeDoesntFit()
    {
        Assert.Equal(TilingMode.Off, Settled(TilingMode.Auto, long.MaxValue));
        long whole = Planned(TilingMode.Off), tiles = Planned(TilingMode.On);
        Assert.InRange(tiles, 1, whole / 2);
        Assert.Equal(TilingMode.On, Settled(TilingMode.Auto, whole));
        Assert.Equal(nameof(GenerationSettings.VaeTiling), Refused(TilingMode.Off, whole));
        Assert.Equal(nameof(GenerationSettings.Width), Refused(TilingMode.Auto, tiles));

        TilingMode? Settled(TilingMode tiling, long memory) => Plan(tiling, memory).Settled;

        long Planned(TilingMode tiling) => Plan(tiling, long.MaxValue).Bytes;

        string Refused(TilingMode tiling, long memory)
        {
            var refusal = Assert.Throws<RequestException>(() => Plan(tiling, memory));
            Assert.Contains("'encode'", refusal.Message);
            return refusal.Property;
        }

        static (TilingMode? Settled, long Bytes) Plan(TilingMode tiling, long memory)
        {
            using LoadedModel model = LoadedModel.Open(TestModels.Tiny5b);
            using Ops planning = Ops.Planning();
            using RunState state = StateOf(model, planning, [1, 9, 512, 768, 3], new GenerationSettings { VaeTiling = tiling });
            StagePlan plan = TaskPlanner.Plan(GenerationTasks.Encode, state, memory, letsGo: false).Single();
            return (state.Settings.VaeTiling, plan.PeakBytes);
        }
    }

    [Fact]
    public void BothDirectionsAreOneModel()
    {
        using LoadedModel model = LoadedModel.Open(TestModels.Tiny5b);
        using Ops ops = Ops.OnCpu(1);
        var parts = new ModelParts(model, ops);
        Assert.Same(parts.VaeEncoder, parts.VaeDecoder);
    }

    [Fact]
    public void WhatAVideoIsMadeIntoIsWhatTheModelMakes()
    {
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        ClipOptions own = encoder.InputFor(new GenerationSettings());
        Assert.Equal((new PixelSize(64, 64), 17, new FrameRate(8)), (own.Size, own.Count, own.Rate));
        ClipOptions given = encoder.InputFor(new GenerationSettings { Width = 96, Frames = 9, Rate = new(4) });
        Assert.Equal((new PixelSize(64, 96), 9, new FrameRate(4)), (given.Size, given.Count, given.Rate));
        var refusal = Assert.Throws<RequestException>(() => encoder.InputFor(new GenerationSettings { Frames = 10 }));
        Assert.Equal(nameof(GenerationSettings.Frames), refusal.Property);
    }

    [Fact]
    public void WhatIsNoWholeLatentsIsRefused()
    {
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        var refusal = Assert.Throws<RequestException>(() => encoder.Plan(9, new PixelSize(60, 64)));
        Assert.Equal(nameof(GenerationSettings.Height), refusal.Property);
        Assert.Contains("56 and 64 are the nearest", refusal.Message);
        refusal = Assert.Throws<RequestException>(() => encoder.Plan(9, new PixelSize(64, 4)));
        Assert.Equal(nameof(GenerationSettings.Width), refusal.Property);
        Assert.Throws<ArgumentOutOfRangeException>(() => encoder.Plan(0, new PixelSize(64, 64)));
    }

    [Fact]
    public void LatentsOfAnotherShapeArentPlanned()
    {
        using var decoder = VideoDecoder.Open(TestModels.Shapes);
        Assert.Equal(new VideoShape(17, 64, 64, new(8)), decoder.Plan([1, 5, 8, 8, 8], TilingMode.Auto).Shape);
        var refusal = Assert.Throws<RequestException>(() => decoder.Plan([1, 5, 16, 8, 8], TilingMode.Auto));
        Assert.Contains("[1, F, 8, H, W]", refusal.Message);
    }

    [Fact]
    public void ARunCanBeStopped()
    {
        VideoClip clip = TestClips.Shapes(count: 17);
        using var encoder = VideoEncoder.Open(TestModels.Shapes);
        using var source = new CancellationTokenSource();
        var watch = new Watch(progress =>
        {
            if (progress.Fraction > 0.3)
                source.Cancel();
        });
        var stopped = Assert.Throws<CancelledException>(() => encoder.Encode(clip, progress: watch, cancellation: source.Token));
        Assert.Contains(GenerationStage.Encode, stopped.Message);
        Assert.Equal([1, 5, 8, 8, 8], encoder.Encode(clip, cancellation: TestContext.Current.CancellationToken).Shape);
    }

    [Theory]
    [InlineData("black", 0, 0, 0)]
    [InlineData("White", 255, 255, 255)]
    [InlineData("#FFcc01", 255, 204, 1)]
    [InlineData("0a0B0c", 10, 11, 12)]
    public void BackgroundsAreRead(string text, int red, int green, int blue)
    {
        Assert.True(PictureBackground.TryParse(text, out PictureBackground colour));
        Assert.Equal(new PictureBackground((byte)red, (byte)green, (byte)blue), colour);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("red")]
    [InlineData("#12345")]
    [InlineData("#1234567")]
    [InlineData("#12345g")]
    [InlineData("+12345")]
    public void WhatIsNoBackgroundIsnt(string? text) => Assert.False(PictureBackground.TryParse(text, out _));

    private static RunState StateOf(LoadedModel model, Ops ops, Shape frames, GenerationSettings settings)
    {
        var state = new RunState(new ModelParts(model, ops), settings, StageClock.Silent(ops));
        state.HandFrames(ops.FromHost(new float[frames.Count], frames));
        return state;
    }

    private VideoFrames Decode(string model, VideoLatents latents)
    {
        string file = folder.File("latents.safetensors");
        latents.Save(file);
        using var decoder = VideoDecoder.Open(model);
        return decoder.Decode(file, cancellation: TestContext.Current.CancellationToken);
    }

    // The first picture of a folder of PNG files.
    private void MadePicture(string path, VideoFrames frames)
    {
        string pictures = folder.File("pictures/");
        frames.Save(pictures, new FrameRate(8));
        File.Move(Directory.GetFiles(pictures, "*.png").Single(), path);
    }
}
