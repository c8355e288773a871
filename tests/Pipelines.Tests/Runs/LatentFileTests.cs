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
    private readonly CogVideoXPipeline pipeline = CogVideoXPipeline.Open(TestModels.Tiny2b);

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
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        var files = new GenerationFiles { SaveLatents = folder.File("latents.safetensors") };
        VideoFrames video = pipeline.Generate(TestModels.Quick with { VaeTiling = tiling }, files, cancellation: cancellation).Video;
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Equal(video.Data.ToArray(), decoder.Decode(files.SaveLatents, tiling, cancellation: cancellation).Data.ToArray());
        Assert.Equal(["latents.safetensors"], folder.Names);
    }

    [Fact]
    public void SeedsOwnNoiseGivesTheSeedsOwnVideo()
    {
        VideoLatents noise = Load(new TorchGenerator(GenerationSettings.DefaultSeed));
        GenerationRequest other = TestModels.Quick with { InitLatents = noise, Seed = 7 };
        Assert.Equal(Generate(TestModels.Quick).Data.ToArray(), Generate(other).Data.ToArray());
    }

    [Fact]
    public void OtherNoiseGivesAnotherVideo()
    {
        GenerationRequest other = TestModels.Quick with { InitLatents = Load(new TorchGenerator(7)) };
        Assert.NotEqual(Generate(TestModels.Quick).Data.ToArray(), Generate(other).Data.ToArray());
    }

    [Fact]
    public void WrongShapeIsRefusedWithTheNeededOne()
    {
        var request = TestModels.Quick with { Frames = 17, InitLatents = Load(new TorchGenerator(1)) };
        string message = Refusal.Of(pipeline, request, nameof(GenerationRequest.InitLatents)).Message;
        Assert.Contains("[1, 3, 4, 8, 12]", message);
        Assert.Contains("[1, 5, 4, 8, 12]", message);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void LatentsThatArentFiniteAreRefusedBeforeTheWeightsAreBlamed(float number)
    {
        VideoLatents noise = Load(new TorchGenerator(1));
        float[] values = noise.Values.ToArray();
        values[^1] = number;
        var request = TestModels.Quick with { InitLatents = new VideoLatents(values, noise.Shape) };
        Assert.Contains("NaN or infinity", Refusal.Of(pipeline, request, nameof(GenerationRequest.InitLatents)).Message);
    }

    [Fact]
    public void FileWithoutLatentsIsRefused()
    {
        string path = folder.File("other.safetensors");
        WriteTensor(path, "other", [1, 2], [1, 2]);
        Assert.Contains("no tensor 'latents'", Unread(path));
    }

    [Fact]
    public void LatentsOfAnotherRankAreRefused()
    {
        string path = folder.File("flat.safetensors");
        WriteTensor(path, "latents", [2], [1, 2]);
        Assert.Contains("[1, F, C, H, W] is needed", Unread(path));
    }

    [Fact]
    public void LatentsThatAreNotFiniteAreRefused()
    {
        string path = folder.File("nan.safetensors");
        float[] values = new float[Needed.Count];
        values[5] = float.NaN;
        WriteTensor(path, "latents", Needed, values);
        Assert.Contains("NaN", Unread(path));
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Equal("file", Assert.Throws<RequestException>(() => decoder.Plan(path, TilingMode.Auto)).Property);
    }

    [Fact]
    public void MissingOrForeignFileIsRefused()
    {
        string text = folder.File("notes.txt");
        File.WriteAllText(text, "not latents");
        Assert.Contains("notes.txt", Unread(text));
        Assert.Contains("missing", Unread(folder.File("missing")));
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
    [InlineData(nameof(GenerationFiles.SaveLatents))]
    [InlineData(nameof(GenerationFiles.Trace))]
    public void FilesThatCantBeWrittenAreRefusedBeforeTheRun(string property)
    {
        Refuse(folder.File("no/such/folder/file"));
        Refuse(folder.Path);
        if (OperatingSystem.IsLinux())
            Refuse("/proc/file.safetensors"); // not even root may

        void Refuse(string path) => Refusal.Of(pipeline, TestModels.Quick, property, property == nameof(GenerationFiles.Trace)
            ? new GenerationFiles { Trace = path }
            : new GenerationFiles { SaveLatents = path });
    }

    [Fact]
    public void LatentsThatCantBeWrittenAfterAllDontCostTheVideo()
    {
        string place = Path.Combine(folder.Path, "gone");
        Directory.CreateDirectory(place);
        var files = new GenerationFiles { SaveLatents = Path.Combine(place, "latents.safetensors") };
        var watch = new Watch(progress =>
        {
            if (progress.Stage == GenerationStage.Sample && Directory.Exists(place))
                Directory.Delete(place);
        });
        GenerationResult result = pipeline.Generate(TestModels.Quick, files, watch, TestContext.Current.CancellationToken);
        Assert.Contains("doesn't exist", result.LatentsProblem);
        Assert.Equal(Generate(TestModels.Quick).Data.ToArray(), result.Video.Data.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a\0b")]
    public void WhatIsNoPathIsRefused(string path)
    {
        Refusal.Of(pipeline, TestModels.Quick, nameof(GenerationFiles.SaveLatents), new GenerationFiles { SaveLatents = path });
        Refusal.Of(pipeline, TestModels.Quick, nameof(GenerationFiles.Trace), new GenerationFiles { Trace = path });
        Unread(path);
        using var decoder = VideoDecoder.Open(TestModels.Tiny2b);
        Assert.Throws<RequestException>(() => decoder.Plan(path, TilingMode.Auto));
        Assert.Throws<ArgumentException>(() => CogVideoXPipeline.Open(path));
        Assert.Throws<ArgumentException>(() => VideoDecoder.Open(path));
    }

    [Fact]
    public void OneFileForTwoThingsIsRefused()
    {
        string path = folder.File("both.safetensors");
        var files = new GenerationFiles { SaveLatents = path, Trace = path };
        RequestException refusal = Refusal.Of(pipeline, TestModels.Quick, nameof(GenerationFiles.Trace), files);
        Assert.Contains(nameof(GenerationFiles.SaveLatents), refusal.Message);
    }

    public static TheoryData<string> Specials => new(SpecialFile.Kinds);

    [Theory]
    [MemberData(nameof(Specials))]
    public void WhatIsNoFileIsRefusedByThePlanAndStays(string kind)
    {
        string special = SpecialFile.Make(folder.File("latents.safetensors"), kind);
        foreach ((string property, GenerationFiles files) in new (string, GenerationFiles)[]
        {
            (nameof(GenerationFiles.SaveLatents), new() { SaveLatents = special }),
            (nameof(GenerationFiles.Trace), new() { Trace = special }),
        })
        {
            Assert.Contains($"{special} is {kind}", Refusal.Of(pipeline, TestModels.Quick, property, files).Message);
        }
        Assert.Contains($"is {kind}", Assert.Throws<OutputException>(() => Load(new TorchGenerator(1)).Save(special)).Message);
        Assert.Equal(kind, SpecialFile.KindOf(special));
    }

    private VideoFrames Generate(GenerationRequest request) =>
        pipeline.Generate(request, cancellation: TestContext.Current.CancellationToken).Video;

    private VideoLatents Load(TorchGenerator generator) => VideoLatents.Load(Write(generator));

    // One line that says why a file can't be read.
    private static string Unread(string path)
    {
        string message = Assert.Throws<RequestException>(() => VideoLatents.Load(path)).Message;
        Assert.DoesNotContain('\n', message);
        return message;
    }

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
