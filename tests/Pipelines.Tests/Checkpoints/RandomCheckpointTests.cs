using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Checkpoints;
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
