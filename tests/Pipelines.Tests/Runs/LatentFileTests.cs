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
        string message = Refusal.Of(pipeline, request, "init-latents").Message;
        Assert.Contains("[1, 3, 4, 8, 12]", message);
        Assert.Contains("[1, 5, 4, 8, 12]", message);
    }

    [Fact]
    public void FileWithoutLatentsIsRefused()
    {
        string path = folder.File("other.safetensors");
        WriteTensor(path, "other", [1, 2], [1, 2]);
        Assert.Contains("no tensor 'latents'", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, "init-latents").Message);
    }

    [Fact]
    public void LatentsOfAnotherRankAreRefused()
    {
        string path = folder.File("flat.safetensors");
        WriteTensor(path, "latents", [2], [1, 2]);
        Assert.Contains("[1, F, C, H, W] is needed", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, "init-latents").Message);
    }

    [Fact]
    public void LatentsThatAreNotFiniteAreRefused()
    {
        string path = folder.File("nan.safetensors");
        float[] values = new float[Needed.Count];
        values[5] = float.NaN;
        WriteTensor(path, "latents", Needed, values);
        Assert.Contains("NaN", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = path }, "init-latents").Message);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Equal("latents", Assert.Throws<RequestException>(() => decoder.Plan(path, TilingMode.Auto)).Option);
    }

    [Fact]
    public void MissingOrForeignFileIsRefused()
    {
        string text = folder.File("notes.txt");
        File.WriteAllText(text, "not latents");
        Assert.Contains("notes.txt", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = text }, "init-latents").Message);
        Assert.Contains("missing", Refusal.Of(pipeline, TestModels.Quick with { InitLatents = folder.File("missing") }, "init-latents").Message);
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
    [InlineData("save-latents")]
    [InlineData("trace")]
    public void FilesThatCantBeWrittenAreRefusedBeforeTheRun(string option)
    {
        Refusal.Of(pipeline, With(folder.File("no/such/folder/file")), option);
        Refusal.Of(pipeline, With(folder.Path), option);
        if (OperatingSystem.IsLinux())
            Refusal.Of(pipeline, With("/proc/file.safetensors"), option); // not even root may

        GenerationRequest With(string path) => option == "trace" ? TestModels.Quick with { Trace = path } : TestModels.Quick with { SaveLatents = path };
    }

    [Fact]
    public void OneFileForTwoThingsIsRefused()
    {
        string path = folder.File("both.safetensors");
        Assert.Contains("--save-latents", Refusal.Of(pipeline, TestModels.Quick with { SaveLatents = path, Trace = path }, "trace").Message);
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
