using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Runs;

/// <summary>Latents into and out of files.</summary>
public sealed class LatentFileTests : IDisposable
{
    private static readonly Shape Needed = [1, 3, 4, 8, 12];

    private readonly TemporaryFolder folder = new();
    private readonly TextToVideo pipeline = TextToVideo.Open(TestModels.Tiny2b);

    public void Dispose()
    {
        pipeline.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData(TilingMode.Off)]
    [InlineData(TilingMode.On)]
    public void SavedLatentsDecodeToTheSameFrames(TilingMode tiling)
    {
        var request = TestModels.Quick with { SaveLatents = folder.File("latents.safetensors"), VaeTiling = tiling };
        VideoFrames video = Generate(request);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Equal(video.Data.ToArray(), decoder.Decode(request.SaveLatents, tiling, cancellation: TestContext.Current.CancellationToken).Data.ToArray());
        Assert.Equal(["latents.safetensors"], folder.Names);
    }

    [Fact]
    public void SeedsOwnNoiseGivesTheSeedsOwnVideo()
    {
        string noise = Write(new TorchGenerator(TestModels.Quick.Seed));
        Assert.Equal(Generate(TestModels.Quick).Data.ToArray(), Generate(TestModels.Quick with { InitLatents = noise, Seed = 7 }).Data.ToArray());
    }

    [Fact]
    public void OtherNoiseGivesAnotherVideo() =>
        Assert.NotEqual(Generate(TestModels.Quick).Data.ToArray(), Generate(TestModels.Quick with { InitLatents = Write(new TorchGenerator(7)) }).Data.ToArray());

    [Fact]
    public void WrongShapeIsRefusedWithTheNeededOne()
    {
        var request = TestModels.Quick with { Frames = 17, InitLatents = Write(new TorchGenerator(1)) };
        string message = Refusal.Of(pipeline, request, nameof(GenerationRequest.InitLatents)).Message;
        Assert.Contains("[1, 3, 4, 8, 12]", message);
        Assert.Contains("[1, 5, 4, 8, 12]", message);
    }

    [Fact]
    public void FileWithoutLatentsIsRefused()
    {
        string path = folder.File("other.safetensors");
        WriteTensor(path, "other", [1, 2], [1, 2]);
        Assert.Contains("no tensor 'latents'", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, nameof(GenerationRequest.InitLatents)).Message);
    }

    [Fact]
    public void LatentsOfAnotherRankAreRefused()
    {
        string path = folder.File("flat.safetensors");
        WriteTensor(path, "latents", [2], [1, 2]);
        Assert.Contains("[1, F, C, H, W] is needed", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, nameof(GenerationRequest.InitLatents)).Message);
    }

    [Fact]
    public void LatentsThatAreNotFiniteAreRefused()
    {
        string path = folder.File("nan.safetensors");
        float[] values = new float[Needed.Count];
        values[5] = float.NaN;
        WriteTensor(path, "latents", Needed, values);
        Assert.Contains("NaN", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, nameof(GenerationRequest.InitLatents)).Message);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Equal("file", Assert.Throws<RequestException>(() => decoder.Plan(path, TilingMode.Auto)).Property);
    }

    [Fact]
    public void MissingOrForeignFileIsRefused()
    {
        string text = folder.File("notes.txt");
        File.WriteAllText(text, "not latents");
        Assert.Contains("notes.txt", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = text }, nameof(GenerationRequest.InitLatents)).Message);
        Assert.Contains("missing", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = folder.File("missing") }, nameof(GenerationRequest.InitLatents)).Message);
    }

    [Fact]
    public void LatentsOfAnotherModelAreRefusedByTheDecoder()
    {
        string path = folder.File("wide.safetensors");
        WriteTensor(path, "latents", [1, 3, 16, 8, 12], new float[3 * 16 * 8 * 12]);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        RequestException refusal = Assert.Throws<RequestException>(() => decoder.Plan(path, TilingMode.Auto));
        Assert.Contains("another model", refusal.Message);
    }

    [Theory]
    [InlineData(nameof(GenerationRequest.SaveLatents))]
    [InlineData(nameof(GenerationRequest.Trace))]
    public void FilesThatCantBeWrittenAreRefusedBeforeTheRun(string property)
    {
        Refusal.Of(pipeline, With(folder.File("no/such/folder/file")), property);
        Refusal.Of(pipeline, With(folder.Path), property);
        if (OperatingSystem.IsLinux())
            Refusal.Of(pipeline, With("/proc/file.safetensors"), property); // not even root may

        GenerationRequest With(string path) =>
            property == nameof(GenerationRequest.Trace) ? TestModels.Quick with { Trace = path } : TestModels.Quick with { SaveLatents = path };
    }

    [Fact]
    public void LatentsThatCantBeWrittenAfterAllDontCostTheVideo()
    {
        string place = Path.Combine(folder.Path, "gone");
        Directory.CreateDirectory(place);
        var request = TestModels.Quick with { SaveLatents = Path.Combine(place, "latents.safetensors") };
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Sample && Directory.Exists(place))
                Directory.Delete(place);
        });
        GenerationResult result = pipeline.Generate(request, watch, TestContext.Current.CancellationToken);
        Assert.Contains("doesn't exist", result.LatentsProblem);
        Assert.Equal(Generate(TestModels.Quick).Data.ToArray(), result.Video.Data.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    public void WhatIsNoPathIsRefused(string path)
    {
        Refusal.Of(pipeline, TestModels.Quick with { SaveLatents = path }, nameof(GenerationRequest.SaveLatents));
        Refusal.Of(pipeline, TestModels.Quick with { Trace = path }, nameof(GenerationRequest.Trace));
        Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, nameof(GenerationRequest.InitLatents));
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Throws<RequestException>(() => decoder.Plan(path, TilingMode.Auto));
        Assert.Throws<ArgumentException>(() => TextToVideo.Open(path));
        Assert.Throws<ArgumentException>(() => VideoDecoder.Open(path));
    }

    [Fact]
    public void OneFileForTwoThingsIsRefused()
    {
        string path = folder.File("both.safetensors");
        Assert.Contains(nameof(GenerationRequest.SaveLatents), Refusal.Of(pipeline, TestModels.Quick with { SaveLatents = path, Trace = path }, nameof(GenerationRequest.Trace)).Message);
    }

    private VideoFrames Generate(GenerationRequest request) => pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video;

    private string Write(TorchGenerator generator)
    {
        string path = folder.File($"{Guid.NewGuid():N}.safetensors");
        using Ops ops = Ops.OnCpu(1);
        LatentFile.Write(path, generator.Noise(ops, Needed, NoiseType.F32));
        return path;
    }

    private static void WriteTensor(string path, string name, Shape shape, float[] values)
    {
        using Ops ops = Ops.OnCpu(1);
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { [name] = ops.FromHost(values, shape) });
    }
}
