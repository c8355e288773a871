using System.Runtime.InteropServices;
using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Conversion;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Conversion;

/// <summary>Conversions into Hugging Face's layout.</summary>
public sealed class ConverterTests : IDisposable
{
    private static readonly string Checkpoint = Golden.Path("checkpoints/5b"), Transformer = Path.Combine(Checkpoint, "transformer");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AReleaseOfSatBecomesTheCheckpointBitForBit()
    {
        ConversionReport report = Convert(new(ForeignGolden.Path("sat/5b"), folder.File("out")));
        Assert.Equal(("a transformer", folder.File("out")), (report.What, report.Path));
        Assert.Equal(File.ReadAllText(In(Transformer, "config.json")), File.ReadAllText(folder.File("out/config.json")));
        using WeightFiles expected = Open(Transformer), written = Open(folder.File("out"));
        AssertSame(expected, written);
        Assert.Equal("pt", written.Files[0].Metadata["format"]);
    }

    // Golden shards have at most 400 kB each.
    [Fact]
    public void ShardsAreThoseOfDiffusersByteForByte()
    {
        Convert(new(ForeignGolden.Path("sat/5b"), folder.File("out")) { ShardBytes = 400_000 });
        string[] names = [.. Directory.EnumerateFiles(Transformer).Select(path => Path.GetFileName(path)).Order()];
        Assert.Equal(names, Directory.EnumerateFiles(folder.File("out")).Select(path => Path.GetFileName(path)).Order());
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(In(Transformer, name)), File.ReadAllBytes(folder.File($"out/{name}"))));
    }

    [Fact]
    public void AReleaseWithLearnedPositionsHasTheConfigOfItsCheckpoint()
    {
        Convert(new(ForeignGolden.Path("sat/5b-i2v"), folder.File("out")));
        string expected = File.ReadAllText(Golden.Path("checkpoints/5b-i2v/transformer/config.json"));
        Assert.Equal(expected.Replace("\"num_layers\": 2", "\"num_layers\": 1"), File.ReadAllText(folder.File("out/config.json")));
    }

    [Fact]
    public void AFileWithoutAConfigTakesTheGivenOneByteForByte()
    {
        string config = In(Checkpoint, "vae", "config.json"), weights = In(Checkpoint, "vae", "diffusion_pytorch_model.safetensors");
        File.Copy(weights, folder.File("3d-vae.pt"));
        ConversionRequest request = new(folder.File("3d-vae.pt"), folder.File("out"));
        RequestException refusal = Assert.Throws<RequestException>(() => Convert(request));
        Assert.Equal(nameof(request.Input), refusal.Property);
        Assert.Contains("nothing tells the config", refusal.Problem);
        Convert(request with { Config = config });
        Assert.Equal(File.ReadAllBytes(config), File.ReadAllBytes(folder.File("out/config.json")));
        Assert.Equal(File.ReadAllBytes(weights), File.ReadAllBytes(folder.File("out/diffusion_pytorch_model.safetensors")));
    }

    [Fact]
    public void AReleasedModelWithoutAConfigHasItsOwn()
    {
        const string Preset = "2b";
        RandomCheckpoint.WriteHollow(Preset, folder.File(Preset), layers: null);
        foreach (string part in new[] { "transformer", "vae" })
        {
            string file = folder.File($"{part}.safetensors"), config = folder.File($"{Preset}/{part}/config.json");
            File.Move(folder.File($"{Preset}/{part}/diffusion_pytorch_model.safetensors"), file);
            using ITensorFile weights = TensorFile.Open(file);
            if (part == "vae")
                Assert.Equal(File.ReadAllBytes(config), PartConfigs.Vae(weights, "CogVideoX-2b"));
            else
                Assert.Equal(TransformerConfig.Read(config), PartConfigs.Transformer(weights, weights.Names));
        }
    }

    [Fact]
    public void APipelineKeepsItsConfigsAndItsOtherFiles()
    {
        ConversionReport report = Convert(new(Checkpoint, folder.File("out")) { Dtype = DType.BF16 });
        Assert.Equal("a pipeline", report.What);
        foreach (string path in Directory.EnumerateFiles(Checkpoint, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(Checkpoint, path);
            if (!name.Contains(".safetensors"))
                Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(folder.File($"out/{name}")));
        }
        using var pipeline = CogVideoXPipeline.Open(folder.File("out"));
        using WeightFiles text = WeightFiles.Open(folder.File("out/text_encoder"), "model");
        Assert.All(text.Names, name => Assert.Equal(DType.BF16, Type(text, name)));
        Assert.Contains("shared.weight", text.Names);
    }

    [Fact]
    public void ATextEncoderOfGgufHasTheCheckpointsKeysAndSizes()
    {
        Convert(new(ForeignGolden.Path("gguf/t5-F32.gguf"), folder.File("out")));
        using WeightFiles expected = WeightFiles.Open(In(Checkpoint, "text_encoder"), "model");
        using WeightFiles written = WeightFiles.Open(folder.File("out"), "model");
        AssertSame(expected, written);
        Assert.Equal(
            T5Config.Read(In(Checkpoint, "text_encoder", "config.json")), T5Config.Read(folder.File("out/config.json")));
    }

    [Fact]
    public void QuantisedWeightsBecomeBf16()
    {
        Convert(new(ForeignGolden.Path("single/scaled-fp8-new.safetensors"), folder.File("out.safetensors")));
        using SafetensorsFile expected = SafetensorsFile.Open(ForeignGolden.Path("single/scaled-fp8-new.safetensors"));
        using SafetensorsFile written = SafetensorsFile.Open(folder.File("out.safetensors"));
        const string Layer = "transformer_blocks.0.attn1.to_q";
        Tensor codes = expected[$"transformer.{Layer}.weight"], result = written[$"{Layer}.weight"];
        float scale = expected[$"transformer.{Layer}.weight_scale"].ToFloats()[0];
        Assert.Equal(DType.BF16, result.Type);
        Assert.Equal(codes.ToFloats().Select(code => Bf16.Round(code * scale)), result.AsReadOnlySpan<ushort>().ToArray());
        Assert.DoesNotContain(written.Names, name => name.Contains("scale") || name.Contains("comfy_quant"));
    }

    [Fact]
    public void UnknownKeysStayAsTheyAreInASafetensorsFile()
    {
        string pickle = ForeignGolden.Path("pickles/read/dict-all-types.pt");
        ConversionReport report = Convert(new(pickle, folder.File("out.safetensors")));
        Assert.Contains("keys of no part of CogVideoX", Assert.Single(report.Notes));
        using ITensorFile expected = TensorFile.Open(pickle);
        using SafetensorsFile written = SafetensorsFile.Open(folder.File("out.safetensors"));
        Assert.Equal(expected.Names.Order(), written.Names.Order());
        Assert.All(expected.Names, name => Assert.True(expected[name].HasSameElements(written[name]), name));
        RequestException refusal = Assert.Throws<RequestException>(() => Convert(new(pickle, folder.File("out"))));
        Assert.Contains(".safetensors", refusal.Problem);
    }

    [Fact]
    public void DoublesAreRounded()
    {
        byte[] doubles = MemoryMarshal.AsBytes<double>([1, 1.0 / 3, -2.5]).ToArray();
        SafetensorsWriter.Write(folder.File("doubles.safetensors"), [EditedWeights.Of("x", DType.F64, [3], doubles)]);
        Convert(new(folder.File("doubles.safetensors"), folder.File("out.safetensors")) { Dtype = DType.F32 });
        using SafetensorsFile written = SafetensorsFile.Open(folder.File("out.safetensors"));
        Assert.Equal([1, 1f / 3, -2.5f], written["x"].AsReadOnlySpan<float>().ToArray());
    }

    [Fact]
    public void NumbersBeyondF16AreRefused()
    {
        SafetensorsWriter.Write(
            folder.File("large.safetensors"), [EditedWeights.Of("x", DType.F32, [1], BitConverter.GetBytes(70000f))]);
        Exception failure = Assert.ThrowsAny<Exception>(
            () => Convert(new(folder.File("large.safetensors"), folder.File("out.safetensors")) { Dtype = DType.F16 }));
        Assert.Contains("beyond 65504", failure.Message);
        Assert.Equal(["large.safetensors"], folder.Names);
    }

    [Fact]
    public void CancelledOneLeavesNothing()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(
            () => Converter.Run(new(Checkpoint, folder.File("out")), new CancelAtHalf(source), source.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => Converter.Run(
            new(Checkpoint, folder.File("out.gguf")) { To = ConversionTarget.Parse("gguf:F16") }, null, source.Token));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public void WhatCantBeWrittenThereIsRefusedBeforehand()
    {
        File.WriteAllText(folder.File("taken.safetensors"), "dear");
        Directory.CreateDirectory(folder.File("taken"));
        File.WriteAllText(folder.File("taken/letter"), "dear");
        string copy = folder.CopyOf(Transformer);
        Refused("exists already", new(Transformer, folder.File("taken.safetensors")));
        Refused("exists already", new(Transformer, folder.File("taken")) { Overwrite = true });
        Refused("doesn't exist", new(Transformer, folder.File("no/parent")));
        Refused("lies in", new(copy, In(copy, "out")));
        Refused("lies in", new(copy, In(copy, "out.safetensors")) { Overwrite = true });
        Refused("is what is read", new(folder.File("taken.safetensors"), folder.File("taken.safetensors")) { Overwrite = true });
        Refused("which don't go into one file", new(Checkpoint, folder.File("out.safetensors")));
        Refused("a GGUF file ends in .gguf", new(Checkpoint, folder.File("out")) { To = ConversionTarget.Parse("gguf:q8_0") });
        Refused("is a folder or a .safetensors file", new(Checkpoint, folder.File("out.gguf")));
        Assert.Equal(["taken", "taken.safetensors", "transformer"], folder.Names);
        Convert(new(Transformer, folder.File("taken.safetensors")) { Overwrite = true });
        using SafetensorsFile written = SafetensorsFile.Open(folder.File("taken.safetensors"));
        Assert.Contains("proj_out.weight", written.Names);

        void Refused(string why, ConversionRequest request)
        {
            RequestException refusal = Assert.Throws<RequestException>(() => Convert(request));
            Assert.Equal(nameof(request.Output), refusal.Property);
            Assert.Contains(why, refusal.Problem);
        }
    }

    [Fact]
    public void APipelineThatLacksAPartIsRefusedBeforehand()
    {
        string copy = folder.CopyOf(Checkpoint);
        Directory.Delete(Path.Combine(copy, "text_encoder"), recursive: true);
        RequestException refusal = Assert.Throws<RequestException>(() => Convert(new(copy, folder.File("out"))));
        Assert.Contains("has no folder 'text_encoder', which model_index.json lists", refusal.Message);
        Assert.False(Directory.Exists(folder.File("out")));
    }

    [Fact]
    public void ADiskWithoutRoomIsRefusedBeforehand()
    {
        var place = new OutputPlace(new(Checkpoint, folder.File("out")));
        place.CheckRoom(1);
        RequestException refusal = Assert.Throws<RequestException>(() => place.CheckRoom(long.MaxValue));
        Assert.Equal(nameof(ConversionRequest.Output), refusal.Property);
        Assert.Contains("are free there", refusal.Problem);
    }

    [Fact]
    public void AReleaseOfSatWhoseVaeNothingTellsIsRefused()
    {
        string release = folder.CopyOf(ForeignGolden.Path("sat/5b"));
        Directory.CreateDirectory(In(release, "vae"));
        File.Copy(In(Checkpoint, "vae", "diffusion_pytorch_model.safetensors"), In(release, "vae", "3d-vae.pt"));
        RequestException refusal = Assert.Throws<RequestException>(() => Convert(new(release, folder.File("out"))));
        Assert.Contains("nothing tells the config of", refusal.Problem);
        Assert.Contains("one by one", refusal.Problem);
        Convert(new(In(release, "transformer", "1", "mp_rank_00_model_states.pt"), folder.File("out")));
        Assert.Equal(File.ReadAllText(In(Transformer, "config.json")), File.ReadAllText(folder.File("out/config.json")));
    }

    [Fact]
    public void WhatIsNoInputIsRefusedBeforehand()
    {
        Directory.CreateDirectory(folder.File("empty"));
        Refused(nameof(ConversionRequest.Input), "doesn't exist", new(folder.File("nowhere"), folder.File("out")));
        Refused(nameof(ConversionRequest.Input), "is nothing that is known", new(folder.File("empty"), folder.File("out")));
        Refused(
            nameof(ConversionRequest.To), "it is for transformers",
            new(In(Checkpoint, "vae"), folder.File("out.safetensors")) { To = ConversionTarget.Parse("single") });
        Refused(
            nameof(ConversionRequest.Config), "leave it out",
            new(Checkpoint, folder.File("out")) { Config = In(Transformer, "config.json") });
        Refused(nameof(ConversionRequest.Architecture), "leave it out", new(Checkpoint, folder.File("out")) { Architecture = "x" });
        Refused(
            nameof(ConversionRequest.Dtype), "leave it out",
            new(Checkpoint, folder.File("out.safetensors")) { To = ConversionTarget.Parse("fp8"), Dtype = DType.F32 });
        Assert.Contains("Q4_0", Assert.Throws<RequestException>(() => ConversionTarget.Parse("gguf:Q2_K")).Problem);
        Assert.Contains("gguf:TYPE", Assert.Throws<RequestException>(() => ConversionTarget.Parse("onnx")).Problem);
        ModelException damaged = Assert.Throws<ModelException>(
            () => Convert(new(ForeignGolden.Path("single/refuse-incomplete.safetensors"), folder.File("out"))
            {
                Config = In(Transformer, "config.json"),
            }));
        Assert.Contains("is missing", damaged.Message);
        Assert.Equal(["empty"], folder.Names);

        void Refused(string property, string why, ConversionRequest request)
        {
            RequestException refusal = Assert.Throws<RequestException>(() => Convert(request));
            Assert.Equal(property, refusal.Property);
            Assert.Contains(why, refusal.Problem);
        }
    }

    private static ConversionReport Convert(ConversionRequest request) =>
        Converter.Run(request, cancellation: TestContext.Current.CancellationToken);

    private static WeightFiles Open(string folder) => WeightFiles.Open(folder, "diffusion_pytorch_model");

    private static DType Type(WeightFiles files, string name) => files.TryDescribe(name, out TensorInfo info) ? info.Type : default;

    private static void AssertSame(WeightFiles expected, WeightFiles written)
    {
        Assert.Equal(expected.Names.Order(), written.Names.Order());
        foreach (string name in expected.Names)
        {
            Assert.True(expected.TryGet(name, out Tensor right), name);
            Assert.True(written.TryGet(name, out Tensor mine), name);
            Assert.True(right.HasSameElements(mine), name);
        }
    }

    private static string In(params ReadOnlySpan<string> names) => Path.Combine(names);

    private sealed class CancelAtHalf(CancellationTokenSource source) : IProgress<(long Done, long Total)>
    {
        public void Report((long Done, long Total) value)
        {
            if (value.Done > value.Total / 2)
                source.Cancel();
        }
    }
}
