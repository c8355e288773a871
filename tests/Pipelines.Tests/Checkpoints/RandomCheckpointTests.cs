using System.Text;
using System.Text.Json.Nodes;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Checkpoints;

/// <summary>Checkpoints with random weights.</summary>
public sealed class RandomCheckpointTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void TinyOneMakesAVideo()
    {
        string model = Write("model", seed: 0);
        using var pipeline = CogVideoXPipeline.Open(model);
        GenerationResult result = pipeline.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal((9, 64, 64), (result.Video.Count, result.Video.Height, result.Video.Width));
        Assert.Equal(NoiseDtype.Bf16, result.Settings.Dtype);
        Assert.True(result.Video.Data.ToArray().Distinct().Count() > 100, "The video is flat.");
    }

    /// <summary>The same weights made up on the device, as bench wants them: no files, the same video.</summary>
    [Theory]
    [InlineData("cpu")]
    [InlineData("apart")]
    public void MadeUpOnADeviceItMakesTheSameVideo(string device)
    {
        IDeviceSource? source = device == "cpu" ? null : EachDevice.Source(device);
        ComputeOptions compute = new() { Device = source, Compute = ComputeType.Fp32, Threads = 1 };
        using var stored = CogVideoXPipeline.Open(Write("model", seed: 0), compute);
        using var made = CogVideoXPipeline.OpenRandom("tiny", layers: null, compute);
        Assert.Equal(
            stored.Plan(TestModels.Quick).Stages.Select(stage => stage.WeightBytes),
            made.Plan(TestModels.Quick).Stages.Select(stage => stage.WeightBytes));
        GenerationResult video = made.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken);
        GenerationResult expected = stored.Generate(TestModels.Quick, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(expected.Video.Data.ToArray(), video.Video.Data.ToArray());
    }

    [Fact]
    public void HollowFilesAreGoneWithTheirModel()
    {
        string path;
        using (var made = CogVideoXPipeline.OpenRandom("5b", layers: 2, ComputeOptions.Default))
        {
            path = made.ModelPath;
            Assert.True(Directory.Exists(path));
        }
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
        Assert.Throws<RequestException>(() => CogVideoXPipeline.OpenRandom("5b", layers: 43, ComputeOptions.Default));
        Assert.Throws<RequestException>(() => CogVideoXPipeline.OpenRandom("3b", layers: null, ComputeOptions.Default));
    }

    [Fact]
    public void SeedDecidesEveryByte()
    {
        string first = Write("first", seed: 5), second = Write("second", seed: 5), other = Write("other", seed: 6);
        IEnumerable<string> files = Directory.EnumerateFiles(first, "*", SearchOption.AllDirectories);
        foreach (string file in files.Select(file => Path.GetRelativePath(first, file)))
        {
            Assert.Equal(Bytes(first, file), Bytes(second, file));
            Assert.Equal(file.EndsWith(".safetensors", StringComparison.Ordinal), !Bytes(first, file).SequenceEqual(Bytes(other, file)));
        }
    }

    [Fact]
    public void UnknownPresetIsToldThoseThatThereAre()
    {
        RequestException refusal = Assert.Throws<RequestException>(
            () => RandomCheckpoint.Write("3b", folder.File("model"), 0, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("preset", refusal.Property);
        Assert.All(RandomCheckpoint.Presets, name => Assert.Contains(name, refusal.Message));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void LinkToAnEmptyFolderIsFollowed()
    {
        Directory.CreateDirectory(folder.File("disk"));
        Directory.CreateSymbolicLink(folder.File("link"), folder.File("disk"));
        Write("link", seed: 0);
        Assert.Equal(folder.File("disk"), new FileInfo(folder.File("link")).LinkTarget);
        Assert.True(File.Exists(Path.Combine(folder.File("disk"), "model_index.json")));
        Assert.Equal(["disk", "link"], folder.Names.Order());
    }

    [Fact]
    public void WhatIsNoPathIsRefused()
    {
        foreach (string path in new[] { "", "a\0b" })
        {
            Assert.Equal("folder", Assert.Throws<RequestException>(
                () => RandomCheckpoint.Write("tiny", path, 0, cancellation: TestContext.Current.CancellationToken)).Property);
        }
    }

    [Fact]
    public void FolderWithSomethingInItIsLeftAlone()
    {
        string taken = folder.File("taken");
        Directory.CreateDirectory(taken);
        File.WriteAllText(Path.Combine(taken, "letter.txt"), "dear");
        Refused(taken);
        Refused(Path.Combine(taken, "letter.txt"));
        Refused(folder.File("no/such/parent"));
        Assert.Equal(["letter.txt"], Directory.EnumerateFileSystemEntries(taken).Select(Path.GetFileName));
        Assert.Equal(["taken"], folder.Names);

        void Refused(string path) => Assert.Equal("folder", Assert.Throws<RequestException>(
            () => RandomCheckpoint.Write("tiny", path, 0, cancellation: TestContext.Current.CancellationToken)).Property);
    }

    [Fact]
    public void EmptyFolderIsFilled()
    {
        Directory.CreateDirectory(folder.File("model"));
        Write("model/", seed: 0);
        Assert.True(File.Exists(folder.File("model/model_index.json")));
        Assert.Equal(["model"], folder.Names);
    }

    [Fact]
    public void CancelledOneLeavesNothing()
    {
        using var source = new CancellationTokenSource();
        var progress = new CancelAtHalf(source);
        Assert.ThrowsAny<OperationCanceledException>(
            () => RandomCheckpoint.Write("tiny", folder.File("model"), 0, null, progress, source.Token));
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("2b", 30, 30, false, 3.0, 1.15258426)]
    [InlineData("5b", 42, 48, true, 1.0, 0.7)]
    public void PresetIsTheReleasedArchitecture(string preset, int layers, int heads, bool rotary, double shift, double scaling)
    {
        new Preset(preset).WriteConfigs(folder.File(preset));
        var model = ModelFolder.Open(folder.File(preset));
        Assert.Equal(
            (layers, heads, 64, rotary),
            (model.Transformer.Layers, model.Transformer.Heads, model.Transformer.HeadDim, model.Transformer.Rotary));
        (TransformerConfig transformer, VaeConfig vae, T5Config text) = (model.Transformer, model.Vae, model.TextEncoder);
        Assert.Equal(
            (16, 16, 2, null),
            (transformer.InChannels, transformer.OutChannels, transformer.PatchSize, transformer.TemporalPatchSize));
        Assert.Equal(
            (60, 90, 49, 226),
            (transformer.SampleHeight, transformer.SampleWidth, transformer.SampleFrames, transformer.MaxTextLength));
        Assert.Equal(
            (4096, 512, 1.875), (model.Transformer.TextWidth, model.Transformer.TimeEmbedWidth, model.Transformer.SpatialInterpolation));
        Assert.Equal([128, 256, 256, 512], model.Vae.BlockChannels);
        Assert.Equal(
            (3, 16, 32, 8, 4, scaling),
            (vae.LayersPerBlock, vae.LatentChannels, vae.NormGroups, vae.SpatialCompression, vae.TemporalCompression, vae.ScalingFactor));
        Assert.Equal((480, 720, false), (model.Vae.SampleHeight, model.Vae.SampleWidth, model.Vae.InvertScaleLatents));
        Assert.Equal(
            (4096, 10240, 64, 64, 24, 32128),
            (text.Width, text.FeedForwardWidth, text.HeadDim, text.Heads, text.Layers, text.Vocabulary));
        Assert.Equal(
            (SchedulerKind.Ddim, shift, true, 1000),
            (model.Scheduler.Kind, model.Scheduler.SnrShiftScale, model.Scheduler.RescaleBetasZeroSnr, model.Scheduler.TrainTimesteps));
        Assert.Equal($"CogVideoX-{preset}", ReleasedModels.NameOf(model.Transformer));
        Assert.Empty(model.Unsupported());
    }

    [Theory]
    [InlineData("5b-i2v", "CogVideoX-5b-I2V", 32, null, null, 60, 90, 49)]
    [InlineData("1.5-5b", "CogVideoX1.5-5B", 16, 2, null, 96, 170, 81)]
    [InlineData("1.5-5b-i2v", "CogVideoX1.5-5B-I2V", 32, 2, 512, 96, 170, 81)]
    public void PresetOfALaterReleaseIsAVariantOf5b(
        string preset, string name, int channels, int? patchFrames, int? ofs, int height, int width, int frames)
    {
        new Preset(preset).WriteConfigs(folder.File(preset));
        var model = ModelFolder.Open(folder.File(preset));
        TransformerConfig transformer = model.Transformer;
        bool isLater = patchFrames is not null;
        Assert.Equal(name, ReleasedModels.NameOf(transformer));
        Assert.Equal(channels == 32 ? "CogVideoXImageToVideoPipeline" : "CogVideoXPipeline", model.PipelineClass);
        Assert.Equal((channels, 16, patchFrames, ofs), (
            transformer.InChannels, transformer.OutChannels, transformer.TemporalPatchSize, transformer.OfsEmbedWidth));
        Assert.Equal((height, width, frames), (transformer.SampleHeight, transformer.SampleWidth, transformer.SampleFrames));
        Assert.Equal((true, preset == "5b-i2v", !isLater), (transformer.Rotary, transformer.LearnedPositions, transformer.PatchBias));
        Assert.Equal((0.7, isLater), (model.Vae.ScalingFactor, model.Vae.InvertScaleLatents));
        Assert.Equal(isLater ? "float32" : "bfloat16", model.TextEncoder.StoredType);
        Assert.Empty(model.Unsupported());
        Assert.Empty(model.Notes);
    }

    // One layer of each: 1 to 2 GB, of which no byte is written.
    [Theory]
    [InlineData("2b", false)]
    [InlineData("5b", false)]
    [InlineData("5b-i2v", true)]
    [InlineData("1.5-5b", false)]
    [InlineData("1.5-5b-i2v", true)]
    public void EveryPresetPlans(string preset, bool takesPicture)
    {
        string path = folder.File(preset);
        new Preset(preset).WriteConfigs(path, layers: 1);
        IReadOnlyDictionary<string, Shape> transformer = WriteHeaders(path);
        if (preset == "5b-i2v")
            Assert.Equal([1, 226 + 17550, 3072], transformer["patch_embed.pos_embedding"]);
        using var pipeline = CogVideoXPipeline.Open(path);
        Assert.Equal(takesPicture, pipeline.TakesImage);
        GenerationRequest request = new("a cat") { Image = takesPicture ? new StillImage(new byte[12], 2, 2) : null };
        GenerationPlan plan = pipeline.Plan(request, long.MaxValue);
        string[] stages = takesPicture ? ["encode", "image", "sample", "decode"] : ["encode", "sample", "decode"];
        Assert.Equal(stages, plan.Stages.Select(stage => stage.Stage));
        int tokens = preset.StartsWith("1.5", StringComparison.Ordinal) ? 226 + 11 * 48 * 85 : 226 + 17550;
        Assert.Equal(tokens, plan.Stages.Single(stage => stage.Stage == "sample").Tokens);
    }

    private static IReadOnlyDictionary<string, Shape> WriteHeaders(string model)
    {
        var transformer = TransformerConfig.Read(Path.Combine(model, "transformer", "config.json"));
        var vae = VaeConfig.Read(Path.Combine(model, "vae", "config.json"));
        var text = T5Config.Read(Path.Combine(model, "text_encoder", "config.json"));
        WriteHeader("vae/diffusion_pytorch_model.safetensors", weights => new CogVideoXVae(weights, vae).Build());
        WriteHeader("text_encoder/model.safetensors", weights => _ = new T5Encoder(weights, text));
        return WriteHeader(
            "transformer/diffusion_pytorch_model.safetensors", weights => _ = new CogVideoXTransformer(weights, transformer));

        IReadOnlyDictionary<string, Shape> WriteHeader(string file, Action<WeightReader> build)
        {
            using Ops ops = Ops.Planning();
            var list = new WeightList(ops, DType.F32);
            build(new WeightReader(list));
            var shapes = list.Shapes.ToDictionary();
            long end = 0;
            var header = new JsonObject();
            foreach ((string name, Shape shape) in shapes)
            {
                header[name] = new JsonObject
                {
                    ["dtype"] = "F32",
                    ["shape"] = new JsonArray([.. Enumerable.Range(0, shape.Rank).Select(axis => JsonValue.Create(shape[axis]))]),
                    ["data_offsets"] = new JsonArray(end, end += 4 * shape.Count),
                };
            }
            byte[] json = Encoding.ASCII.GetBytes(header.ToJsonString());
            Array.Resize(ref json, (json.Length + 7) / 8 * 8);
            json.AsSpan().Replace((byte)0, (byte)' ');
            using FileStream stream = File.Create(Path.Combine(model, file));
            stream.Write(BitConverter.GetBytes((long)json.Length));
            stream.Write(json);
            stream.SetLength(stream.Length + end);
            return shapes;
        }
    }

    // The same sizes of operations, fewer of them.
    [Fact]
    public void FewerLayersChangeNothingElse()
    {
        new Preset("2b").WriteConfigs(folder.File("whole"));
        new Preset("2b").WriteConfigs(folder.File("short"), layers: 2);
        ModelFolder whole = ModelFolder.Open(folder.File("whole")), cut = ModelFolder.Open(folder.File("short"));
        Assert.Equal((2, 2), (cut.Transformer.Layers, cut.TextEncoder.Layers));
        Assert.Equal(whole.Transformer, cut.Transformer with { Layers = 30 });
        Assert.Equal(whole.TextEncoder, cut.TextEncoder with { Layers = 24 });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    public void LayersThatArentThereAreRefused(int layers)
    {
        RequestException refusal = Assert.Throws<RequestException>(
            () => RandomCheckpoint.Write("2b", folder.File("model"), 0, layers, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("layers", refusal.Property);
        Assert.Contains("choose from 1 to ", refusal.Message);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void EveryPresetOpens() => Assert.All(RandomCheckpoint.Presets, preset =>
    {
        new Preset(preset).WriteConfigs(folder.File(preset));
        Assert.Empty(ModelFolder.Open(folder.File(preset)).Unsupported());
    });

    private string Write(string name, ulong seed)
    {
        RandomCheckpoint.Write("tiny", folder.File(name), seed, cancellation: TestContext.Current.CancellationToken);
        return folder.File(name);
    }

    private static byte[] Bytes(string model, string file) => File.ReadAllBytes(Path.Combine(model, file));

    private sealed class CancelAtHalf(CancellationTokenSource source) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            if (2 * value.Done >= value.Total)
                source.Cancel();
        }
    }
}
