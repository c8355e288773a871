using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Weights.Layouts;

public sealed class SatLayoutTests : IDisposable
{
    private const string Model = "module.model.diffusion_model.";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    [InlineData("5b-i2v")]
    [InlineData("1.5-i2v")]
    public void EachTensorOfATransformerIsThatOfHuggingFace(string kind)
    {
        SatFolder release = SatFolder.Open(SatGoldens.Release(kind, folder));
        using WeightFiles seen = release.OpenTransformer(), right = GoldenModels.Folder(kind).OpenTransformer();
        TransformerConfig config = SatGoldens.Config(kind);
        Assert.Equal(config, release.ReadTransformerConfig());
        string beyond = $"transformer_blocks.{config.Layers}.";
        Assert.Equal(
            right.Names.Where(name => !name.StartsWith(beyond, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            seen.Names.Order(StringComparer.Ordinal));
        foreach (string name in seen.Names)
            HasNumbers(right, seen, name, SatGoldens.TypeOf(kind));
    }

    [Theory]
    [InlineData("2b")]
    [InlineData("5b")]
    [InlineData("5b-i2v")]
    [InlineData("1.5-i2v")]
    public void ATransformerGivesTheReferencesOutput(string kind)
    {
        SatFolder release = SatFolder.Open(SatGoldens.Release(kind, folder));
        using Ops ops = Ops.OnCpu(2);
        using WeightFiles files = release.OpenTransformer();
        var weights = new WeightReader(ops, files);
        var transformer = new CogVideoXTransformer(weights, release.ReadTransformerConfig());
        Assert.Empty(weights.Finish());
        using SafetensorsFile goldens = Golden.Open($"transformer/{kind}/expected.safetensors"), expected = SatGoldens.Expected;
        (Tensor latents, Conditions conditions) = GoldenModels.Input(ops, goldens, "native");
        Tensor output = transformer.Forward(latents, conditions, GoldenModels.Timesteps(goldens["native.timestep"]));
        Agree.With(expected[$"{kind}.sat.output"], output, $"{kind} of SAT", 1e-4);
    }

    [Fact]
    public void EachTensorOfAVaeIsThatOfHuggingFace()
    {
        string path = SatGoldens.Vae(folder);
        ModelFolder model = GoldenModels.Folder("5b");
        using WeightFiles seen = WeightFiles.OpenFile(path, WeightLayouts.Translate), right = model.OpenVae();
        Assert.Equal(right.Names.Order(StringComparer.Ordinal), seen.Names.Order(StringComparer.Ordinal));
        foreach (string name in seen.Names)
            HasNumbers(right, seen, name, DType.F32);
        using Ops ops = Ops.OnCpu(2);
        var weights = new WeightReader(ops, seen);
        var vae = new CogVideoXVae(weights, model.Vae);
        vae.Build();
        Assert.Empty(weights.Finish());
        using SafetensorsFile goldens = Golden.Open("vae/expected.safetensors");
        Tensor latents = ops.Permute(ops.Load(goldens, "decode.2.z"), [0, 2, 1, 3, 4]);
        Tensor frames = ops.Permute(vae.Decode(latents), [0, 4, 1, 2, 3]);
        Agree.With(goldens["decode.2.y"], frames, "SAT's VAE", 1e-4);
    }

    [Fact]
    public void WhatLiesInOneRangeIsAView()
    {
        using WeightFiles files = SatFolder.Open(SatGoldens.Release("5b-i2v", folder)).OpenTransformer();
        Assert.True(files.TryGet("transformer_blocks.0.attn1.to_k.bias", out Tensor key));
        Assert.True(key.IsInMappedFile);
        Assert.True(files.TryGet("transformer_blocks.0.norm1.linear.bias", out Tensor norm));
        Assert.False(norm.IsInMappedFile);
    }

    [Fact]
    public void ADryRunCopiesNothingAndCountsWhatARunWouldCopy()
    {
        var release = SatFolder.Open(SatGoldens.Release("5b", folder));
        var got = new HashSet<string>();
        using WeightFiles files =
            WeightFiles.OpenFile(release.TransformerFile, file => new Watched(WeightLayouts.Translate(file), got));
        using Ops dry = Ops.Planning();
        var weights = new WeightReader(dry, files);
        _ = new CogVideoXTransformer(weights, release.ReadTransformerConfig());
        Assert.Empty(weights.Finish());
        const string Query = "transformer_blocks.0.attn1.to_q.weight", Norm = "transformer_blocks.0.norm1.linear.weight";
        Assert.Equal(96 * 96 * 4, files.CopiedBytes(Query)); // column-major
        Assert.Equal(6 * 96 * 32 * 4, files.CopiedBytes(Norm)); // put together of two pieces
        Assert.Equal(0, files.CopiedBytes("norm_final.bias"));
        Assert.Contains("norm_final.bias", got);
        Assert.DoesNotContain(got, name => files.CopiedBytes(name) > 0);
        Assert.Equal(files.Names.Sum(files.CopiedBytes), dry.Memory.LiveBytes);
    }

    [Theory]
    [InlineData("transformer.layers.0.attention.query_key_value.weight", "its rows should be 3 equal parts")]
    [InlineData("mixins.adaln_layer.adaLN_modulations.0.1.bias", "its rows should be 12 equal parts")]
    public void RowsThatCanNotBePartedAreNamedWithTheirFile(string name, string says)
    {
        string path = Written((name, [4, 2]), ("mixins.patch_embed.proj.weight", [4, 4]));
        string message = Assert.Throws<WeightException>(() => WeightFiles.OpenFile(path, WeightLayouts.Translate)).Message;
        Assert.StartsWith($"'{name}' in {path} has the shape [4, 2]; {says}", message);
    }

    [Fact]
    public void OneNameForTwoTensorsIsRefused()
    {
        string path = Written(("mixins.patch_embed.proj.weight", [4, 4]), ("patch_embed.proj.weight", [4, 4]));
        string message = Assert.Throws<WeightException>(() => WeightFiles.OpenFile(path, WeightLayouts.Translate)).Message;
        Assert.Contains("has 'patch_embed.proj.weight' under two names: ", message);
        Assert.Contains("'mixins.patch_embed.proj.weight'", message);
    }

    [Fact]
    public void PositionsWithoutALastLayerCanNotBeTold()
    {
        string path = Written(("mixins.patch_embed.proj.weight", [4, 4]), ("mixins.pos_embed.pos_embedding", [1, 4, 4]));
        Assert.Contains(
            $"'mixins.final_layer.linear.weight' is missing from {path}",
            Assert.Throws<WeightException>(() => WeightFiles.OpenFile(path, WeightLayouts.Translate)).Message);
    }

    private sealed class Watched(ITensorFile file, HashSet<string> got) : ITensorFile
    {
        public string Path => file.Path;

        public long Bytes => file.Bytes;

        public IReadOnlyDictionary<string, string> Metadata => file.Metadata;

        public IReadOnlyCollection<string> Names => file.Names;

        public bool TryDescribe(string name, out TensorInfo info) => file.TryDescribe(name, out info);

        public long CopiedBytes(string name) => file.CopiedBytes(name);

        public bool TryGet(string name, out Tensor tensor)
        {
            got.Add(name);
            return file.TryGet(name, out tensor);
        }

        public void Dispose() => file.Dispose();
    }

    private string Written(params (string Name, Shape Shape)[] tensors)
    {
        SafetensorsWriter.Write(
            folder["w.safetensors"], [.. tensors.Select(tensor => EditedWeights.Zeros(Model + tensor.Name, DType.F32, tensor.Shape))]);
        return folder["w.safetensors"];
    }

    private static void HasNumbers(WeightFiles right, WeightFiles seen, string name, DType type)
    {
        Assert.True(right.TryGet(name, out Tensor expected));
        Assert.True(seen.TryGet(name, out Tensor actual));
        Assert.True(seen.TryDescribe(name, out TensorInfo info));
        Assert.True((type, expected.Shape) == (actual.Type, actual.Shape), $"{name} is {actual}, not {expected}.");
        Assert.Equal((actual.Type, actual.Shape), (info.Type, info.Shape));
        byte[] bytes = new byte[actual.Bytes];
        actual.CopyTo(bytes);
        Assert.True(SatGoldens.Rounded(SatGoldens.Floats(expected), type).AsSpan().SequenceEqual(bytes), $"{name} has other numbers.");
    }
}
