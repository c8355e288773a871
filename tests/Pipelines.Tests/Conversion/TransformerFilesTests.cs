using System.Text;
using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Models.Weights.Layouts;
using CogVideoX.Pipelines.Conversion;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Gguf;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Conversion;

/// <summary>Transformers in one file for other programs, against files that those wrote of the same numbers.</summary>
public sealed class TransformerFilesTests : IDisposable
{
    private const string Prefix = "model.diffusion_model.", GoldenPrefix = "transformer.";

    private static readonly string Transformer = Golden.Path("checkpoints/5b/transformer");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The golden files have the first block alone.
    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_0")]
    public void GgufHasTheBytesOfGgufsOwnTool(string type)
    {
        Convert($"gguf:{type}", "out.gguf");
        using ITensorFile expected = GgufFile.Open(ForeignGolden.Path($"gguf/transformer-{type}.gguf"));
        using ITensorFile written = GgufFile.Open(folder.File("out.gguf"));
        Assert.Equal(expected.Names.Order(), written.Names.Where(name => !name.StartsWith("transformer_blocks.1.")).Order());
        Assert.All(expected.Names, name => Assert.True(expected[name].HasSameElements(written[name]), $"{name} {written[name]}"));
        Assert.Equal("cogvideox", written.Metadata["general.architecture"]);
        Assert.All(
            ["general.file_type", "general.quantization_version"],
            key => Assert.Equal(TypeAndNumber(expected.Path, key), TypeAndNumber(written.Path, key)));
    }

    [Fact]
    public void Float8HasTheCodesAndScalesOfTheReference()
    {
        Convert("fp8", "out.safetensors");
        using SafetensorsFile expected = SafetensorsFile.Open(ForeignGolden.Path("single/scaled-fp8-new.safetensors"));
        using SafetensorsFile written = SafetensorsFile.Open(folder.File("out.safetensors"));
        string[] names = [.. expected.Names.Select(name => name[GoldenPrefix.Length..]).Where(name => !name.EndsWith(".input_scale"))];
        Assert.Equal(
            names.Order(),
            written.Names.Select(name => name[Prefix.Length..]).Where(name => !name.StartsWith("transformer_blocks.1.")).Order());
        Assert.All(names, name => Assert.True(expected[GoldenPrefix + name].HasSameElements(written[Prefix + name]), name));
    }

    [Fact]
    public void SingleHasTheSameNumbersBehindThePrefix()
    {
        ConversionReport report = Convert("single", "out.safetensors");
        using SafetensorsFile written = SafetensorsFile.Open(folder.File("out.safetensors"));
        using WeightFiles own = WeightFiles.Open(Transformer, "diffusion_pytorch_model");
        Assert.Equal(own.Names.Order(), written.Names.Select(name => name[Prefix.Length..]).Order());
        Assert.All(own.Names, name => Assert.True(own.TryGet(name, out Tensor tensor) && tensor.HasSameElements(written[Prefix + name])));
        Assert.All(report.Errors, error => Assert.Equal(0, error.RelativeRms));
    }

    /// <summary>
    /// A forward with each file against that of the checkpoint, and the worst layer. Both are measured (docs/convert.md); the bounds leave
    /// room for half as much again.
    /// </summary>
    [Theory]
    [InlineData("single", 0, 0)]
    [InlineData("gguf:F16", 1e-4, 4e-4)]
    [InlineData("gguf:BF16", 1e-3, 3.5e-3)]
    [InlineData("gguf:Q8_0", 4e-3, 1e-2)]
    [InlineData("fp8", 2e-2, 4e-2)]
    [InlineData("gguf:Q4_0", 6e-2, 1.2e-1)]
    public void AForwardStaysWithinWhatTheTypeCosts(string to, double least, double most)
    {
        string name = to.StartsWith("gguf") ? "out.gguf" : "out.safetensors";
        ConversionReport report = Convert(to, name);
        float[] own = Forward(() => WeightFiles.Open(Transformer, "diffusion_pytorch_model"));
        float[] written = Forward(() => WeightFiles.OpenFile(folder.File(name), WeightLayouts.Translate));
        Assert.InRange(Agree.RelativeError(own, written), least, most);
        Assert.Equal(report.Errors.OrderByDescending(error => error.RelativeRms).Select(error => error.RelativeRms),
            report.Errors.Select(error => error.RelativeRms));
        Assert.InRange(report.Errors[0].RelativeRms, least, most);
    }

    [Fact]
    public void TheArchitectureIsWhatIsAskedFor()
    {
        ConversionRequest request = new(Transformer, folder.File("out.gguf"))
        {
            To = ConversionTarget.Parse("gguf:f16"),
            Architecture = "other",
        };
        Assert.Empty(Converter.Run(request, cancellation: TestContext.Current.CancellationToken).Notes);
        using GgufFile written = GgufFile.Open(folder.File("out.gguf"));
        Assert.Equal("other", written.Metadata["general.architecture"]);
    }

    [Fact]
    public void NumbersThatArentFiniteAreRefused()
    {
        string copy = folder.CopyOf(Transformer), shard = Path.Combine(copy, "diffusion_pytorch_model-00004-of-00004.safetensors");
        EditedWeights.Edit(shard, tensors =>
        {
            byte[] bytes = EditedWeights.BytesOf(tensors["proj_out.weight"]);
            BitConverter.TryWriteBytes(bytes.AsSpan(8), float.NaN);
            tensors["proj_out.weight"] = EditedWeights.Of("proj_out.weight", DType.F32, tensors["proj_out.weight"].Shape, bytes);
        });
        Assert.All(["fp8", "gguf:BF16", "gguf:Q8_0", "single"], to =>
        {
            string output = folder.File(to.StartsWith("gguf") ? "out.gguf" : "out.safetensors");
            Exception failure = Assert.ThrowsAny<Exception>(() => Converter.Run(
                new(copy, output) { To = ConversionTarget.Parse(to) }, cancellation: TestContext.Current.CancellationToken));
            Assert.Contains("proj_out", failure.Message);
        });
        Assert.Equal(["transformer"], folder.Names);
    }

    /// <summary>The bundled model, whose videos show something. Measured: docs/convert.md.</summary>
    [Theory]
    [InlineData("gguf:Q8_0", 55.0, 65.0)]
    [InlineData("gguf:Q4_0", 33.0, 40.0)]
    public void AShortVideoTellsWhatItCosts(string to, double least, double most)
    {
        ConversionRequest request = new(TestModels.Shapes, folder.File("out.gguf")) { To = ConversionTarget.Parse(to), Psnr = true };
        ConversionReport report = Converter.Run(request, cancellation: TestContext.Current.CancellationToken);
        Assert.InRange(report.Psnr!.Value, least, most);
    }

    [Fact]
    public void EqualVideosAreCalledSo()
    {
        ConversionRequest request = new(TestModels.Shapes, folder.File("out.safetensors"))
        {
            To = ConversionTarget.Parse("single"),
            Psnr = true,
        };
        ConversionReport report = Converter.Run(request, cancellation: TestContext.Current.CancellationToken);
        Assert.Null(report.Psnr);
        Assert.Contains("The two videos are equal.", report.Notes);
    }

    [Fact]
    public void WhatHasNoShortVideoIsRefused()
    {
        Refused("it is for", new(TestModels.Shapes, folder.File("out")) { To = ConversionTarget.HuggingFace });
        Refused("needs a whole model", new(Transformer, folder.File("out.gguf")));
        Refused("begins from a picture", new(Golden.Path("checkpoints/5b-i2v"), folder.File("out.gguf")));
        Assert.Empty(folder.Names);

        void Refused(string why, ConversionRequest request)
        {
            ConversionTarget to = request.IsFile ? ConversionTarget.Parse("gguf:F16") : request.To;
            RequestException refusal = Assert.Throws<RequestException>(() => Converter.Run(
                request with { To = to, Psnr = true }, cancellation: TestContext.Current.CancellationToken));
            Assert.Equal(nameof(request.Psnr), refusal.Property);
            Assert.Contains(why, refusal.Problem);
        }
    }

    private ConversionReport Convert(string to, string name) => Converter.Run(
        new(Transformer, folder.File(name)) { To = ConversionTarget.Parse(to) }, cancellation: TestContext.Current.CancellationToken);

    // As they lie in the file: each of four bytes.
    private static byte[] TypeAndNumber(string path, string key)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int at = bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(key)) + key.Length;
        return bytes[at..(at + 8)];
    }

    private static float[] Forward(Func<WeightFiles> open)
    {
        using Ops ops = Ops.OnCpu(2);
        using SafetensorsFile goldens = ForeignGolden.Open("gguf");
        using WeightFiles files = open();
        var weights = new WeightReader(ops, files);
        var transformer = new CogVideoXTransformer(weights, TransformerConfig.Read(Path.Combine(Transformer, "config.json")));
        weights.Finish();
        var text = new Conditions { Text = ops.Load(goldens, "input.encoder_hidden_states") };
        double[] timesteps = [.. goldens["input.timestep"].AsReadOnlySpan<int>().ToArray().Select(time => (double)time)];
        return transformer.Forward(ops.Load(goldens, "input.hidden_states"), text, timesteps).ToFloats();
    }
}
