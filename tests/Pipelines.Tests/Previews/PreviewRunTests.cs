using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;
using CogVideoX.Pipelines.Tests.Judging;
using CogVideoX.Pipelines.Tests.Media;
using CogVideoX.Pipelines.Tests.Runs;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Previews;

/// <summary>Runs with a preview: what it shows, that the video doesn't depend on it, and what is refused.</summary>
public sealed class PreviewRunTests : IDisposable
{
    private const double LeastPsnr = 20; // the bundled map has 23 to 28 dB on the model's videos, its bias alone 8 to 17

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string, SamplerKind> Runs()
    {
        var runs = new TheoryData<string, string, SamplerKind> { { "checkpoints/2b", "apart", SamplerKind.Ddim } };
        foreach (SamplerKind sampler in Enum.GetValues<SamplerKind>())
            runs.Add("checkpoints/2b", "cpu3", sampler);
        runs.Add("checkpoints/1.5", "cpu3", SamplerKind.Dpm);
        return runs;
    }

    [Fact]
    public void ItIsTheDecodedVideoAveraged()
    {
        using var pipeline = CogVideoXPipeline.Open(TestModels.Shapes);
        foreach (JudgedPrompt prompt in JudgedPrompt.All().Take(4))
        {
            var request = new GenerationRequest(prompt.Text) { Seed = prompt.Seed, Steps = 20 };
            var files = new GenerationFiles { Preview = folder.File($"{prompt.Seed}.safetensors") };
            GenerationResult result = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
            VideoFrames average = AreaAverage.Of(result.Video, pipeline.Folder.Vae);
            double psnr = Psnr.Of(Read(files.Preview), average);
            Assert.True(psnr >= LeastPsnr, $"'{prompt.Text}': {psnr:F2} dB");
            Assert.True(Psnr.Of(Plain(result.Latents), average) < LeastPsnr, "a plain colour would do as well");
        }
    }

    // Of its last step, which ends at the clean latents themselves, whichever sampler runs: only if x₀ is right, it shows those.
    [Theory]
    [MemberData(nameof(Runs))]
    public void TheVideoIsTheSameAndTheLastPreviewShowsItsLatents(string model, string device, SamplerKind sampler)
    {
        string path = Golden.Path(model);
        LatentPreview map = Map(path);
        var files = new GenerationFiles { Preview = folder.File("preview.safetensors"), PreviewMap = folder.File("map.json") };
        GenerationRequest request = TestModels.Quick with { Steps = 4, Sampler = sampler, Frames = 9, Rate = new FrameRate(10) };
        using var pipeline = CogVideoXPipeline.Open(
            path, new ComputeOptions { Device = EachDevice.Source(device), Compute = ComputeType.Fp32 });
        GenerationResult plain = pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken);
        GenerationResult shown = pipeline.Generate(request, files, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(plain.Video.Data.ToArray(), shown.Video.Data.ToArray());
        Assert.Null(shown.PreviewProblem);
        VideoFrames preview = Read(files.Preview), expected = map.Show(shown.Latents);
        Assert.Equal((expected.Count, expected.Height, expected.Width), (preview.Count, preview.Height, preview.Width));
        Assert.True(Psnr.Of(preview, expected) > 60, $"{Psnr.Of(preview, expected):F1} dB");
        Assert.InRange(Contrast(expected), 0.02, 1); // of a grey picture it would say nothing
    }

    [Fact]
    public void ItIsAnAnimatedPngAtAQuarterOfTheRate()
    {
        var files = new GenerationFiles { Preview = folder.File("preview.png") };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Shapes);
        pipeline.Generate(
            TestModels.Quick with { Rate = new FrameRate(30000, 1001) }, files, cancellation: TestContext.Current.CancellationToken);
        var png = new PngFile(files.Preview);
        Assert.Equal((8, 8, 5), (png.Width, png.Height, png.Images().Count()));
        byte[] control = png.Of("fcTL").First();
        Assert.Equal((1001, 7500), (control[20] << 8 | control[21], control[22] << 8 | control[23]));
        Assert.Equal(["preview.png"], folder.Names);
    }

    [Fact]
    public void AFirstPreviewIsThereBeforeTheLastStep()
    {
        var files = new GenerationFiles { Preview = folder.File("preview.safetensors") };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Shapes);
        byte[]? first = null;
        var watch = new Watch(progress =>
        {
            if (progress is { Stage: GenerationStage.Sample, Step: 1 })
                first ??= File.ReadAllBytes(files.Preview);
        });
        pipeline.Generate(TestModels.Quick with { Steps = 3 }, files, watch, TestContext.Current.CancellationToken);
        Assert.NotNull(first);
        Assert.NotEqual(first, File.ReadAllBytes(files.Preview));
    }

    [Fact]
    public void OneThatCantBeWrittenIsToldOnceAndDoesntCostTheVideo()
    {
        string place = folder.File("gone");
        Directory.CreateDirectory(place);
        var files = new GenerationFiles { Preview = Path.Combine(place, "preview.png") };
        using var pipeline = CogVideoXPipeline.Open(TestModels.Shapes);
        var watch = new Watch(progress =>
        {
            if (progress is { Stage: GenerationStage.Sample, Step: 0 } && Directory.Exists(place))
                Directory.Delete(place);
            else if (progress is { Stage: GenerationStage.Sample, Step: 1 })
                Directory.CreateDirectory(place);
        });
        GenerationResult result = pipeline.Generate(TestModels.Quick, files, watch, TestContext.Current.CancellationToken);
        Assert.Contains("there is no folder", result.PreviewProblem);
        Assert.Empty(Directory.EnumerateFileSystemEntries(place));
    }

    [Fact]
    public void WhatCantBeIsRefusedBeforeAnythingRuns()
    {
        using var tiny = CogVideoXPipeline.Open(TestModels.Tiny2b);
        using var shapes = CogVideoXPipeline.Open(TestModels.Shapes);
        string png = folder.File("preview.png"), tensors = folder.File("preview.safetensors"), map = folder.File("map.json");
        Refuses(tiny, "no ", new GenerationFiles { Preview = png });
        Refuses(shapes, "is a folder", new GenerationFiles { Preview = folder.Path + "/" });
        Refuses(shapes, "is a folder", new GenerationFiles { Preview = folder.Path });
        Refuses(shapes, "not a known video format", new GenerationFiles { Preview = folder.File("preview.txt") });
        Refuses(shapes, "doesn't exist", new GenerationFiles { Preview = folder.File("missing/preview.png") });
        Refuses(
            shapes, "is the file of GenerationFiles.SaveLatents already",
            new GenerationFiles { Preview = tensors, SaveLatents = tensors });
        string says = Refusal.Of(
            shapes, TestModels.Quick, nameof(GenerationFiles.PreviewMap), new GenerationFiles { Preview = png, PreviewMap = map }).Message;
        Assert.Contains($"there is no {map}", says);
        File.WriteAllText(map, "{}");
        Assert.Throws<ModelException>(
            () => shapes.Plan(TestModels.Quick, new GenerationFiles { Preview = png, PreviewMap = map }));
        Assert.Equal(["map.json"], folder.Names);
    }

    // Runs that are resumed are told by their model: a map that came later makes no other model of it.
    [Fact]
    public void TheMapIsNoPartOfTheModel()
    {
        string copy = folder.CopyOf(TestModels.Shapes);
        using var with = LoadedModel.Open(copy);
        string before = with.Fingerprint(textEncoder: true);
        IReadOnlyList<string> notes = with.Notes;
        File.Delete(Path.Combine(copy, LatentPreview.FileName));
        using var without = LoadedModel.Open(copy);
        Assert.Equal(before, without.Fingerprint(textEncoder: true));
        Assert.Equal(notes, without.Notes);
    }

    private static void Refuses(CogVideoXPipeline pipeline, string says, GenerationFiles files) =>
        Assert.Contains(says, Refusal.Of(pipeline, TestModels.Quick, nameof(GenerationFiles.Preview), files).Message);

    // Numbers of a known order for a model with random weights.
    private LatentPreview Map(string model)
    {
        int channels = ModelFolder.Open(model).Vae.LatentChannels;
        double[][] factors = [.. Enumerable.Range(0, channels).Select(channel => new[] { 0.1 * (channel % 3), 0.1, -0.05 * channel })];
        var map = new LatentPreview(factors, [0.1, 0, -0.1], new PreviewFit(0, 0, 0));
        map.Save(folder.File("map.json"));
        return map;
    }

    // The bundled map's bias alone.
    private static VideoFrames Plain(VideoLatents latents)
    {
        var map = LatentPreview.Load(Path.Combine(TestModels.Shapes, LatentPreview.FileName), latents.Shape[2]);
        double[][] none = [.. map.Factors.Select(_ => new double[3])];
        return new LatentPreview(none, [.. map.Bias], map.Fit).Show(latents);
    }

    // A safetensors file has [F, 3, H, W].
    private static VideoFrames Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Tensor planes = file["frames"];
        (int frames, int height, int width) = (planes.Shape[0], planes.Shape[2], planes.Shape[3]);
        float[] values = planes.ToFloats(), pixels = new float[values.Length];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int frame, int pixel, int colour) = (i / (3 * height * width), i / 3 % (height * width), i % 3);
            pixels[i] = values[(frame * 3 + colour) * height * width + pixel];
        }
        return new VideoFrames(pixels, frames, height, width);
    }

    private static double Contrast(VideoFrames frames)
    {
        float[] values = frames.Data.ToArray();
        double mean = values.Average(value => (double)value);
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
