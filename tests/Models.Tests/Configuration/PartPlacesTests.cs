using CogVideoX.Models.Configuration;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

/// <summary>Parts of a model that come from elsewhere than its folder.</summary>
public sealed class PartPlacesTests : IDisposable
{
    private readonly TempFolder folder = TempFolder.CopyOf(Golden.Path("checkpoints/5b"));

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, int> Transformers => new()
    {
        { "checkpoints/5b", 2 },                 // a whole model, with a config
        { "checkpoints/5b/transformer", 2 },     // a part's folder
        { "foreign/sat/5b", 2 },                 // a release of SAT
        { "foreign/sat/5b/transformer/1/mp_rank_00_model_states.pt", 2 },
        { "foreign/single/scaled-fp8-old.safetensors", 1 }, // cut to one block: the file counts them
        { "foreign/single/q4_0-in-safetensors.safetensors", 1 },
        { "foreign/gguf/transformer-Q8_0.gguf", 1 },
    };

    [Theory]
    [MemberData(nameof(Transformers))]
    public void ATransformerComesFromAnywhere(string place, int layers)
    {
        Directory.Delete(folder["transformer"], recursive: true);
        File.Copy(Golden.Path("checkpoints/5b/transformer/config.json"), Made(folder["transformer", "config.json"]));
        var model = ModelFolder.Open(folder.Path, new PartPlaces { Transformer = Golden.Path(place) });
        Assert.Equal(ModelFolder.Open(Golden.Path("checkpoints/5b")).Transformer with { Layers = layers }, model.Transformer);
        using WeightFiles files = model.OpenTransformer();
        Assert.True(files.TryDescribe($"transformer_blocks.{layers - 1}.attn1.to_k.weight", out TensorInfo info));
        Assert.Equal(new Shape(96, 96), info.Shape);
        Assert.Contains("transformer", model.Components().Select(component => component.Name));
    }

    [Fact]
    public void TheTransformerOfAnImageModelFitsTheFolderOfItsTwin()
    {
        var model = ModelFolder.Open(
            folder.Path, new PartPlaces { Transformer = Golden.Path("foreign/sat/5b-i2v/transformer/1/mp_rank_00_model_states.pt") });
        Assert.True(model.Transformer.TakesImage);
        Assert.True(model.Transformer.LearnedPositions);
    }

    [Fact]
    public void AVaeAndATextEncoderComeFromElsewhere()
    {
        foreach (string part in new[] { "vae", "text_encoder" })
            Array.ForEach(Directory.GetFiles(folder[part], "*.safetensors"), File.Delete);
        var model = ModelFolder.Open(folder.Path, new PartPlaces
        {
            Vae = Golden.Path("checkpoints/5b/vae/diffusion_pytorch_model.safetensors"),
            TextEncoder = Golden.Path("foreign/gguf/t5-F32.gguf"),
        });
        using WeightFiles vae = model.OpenVae(), text = model.OpenTextEncoder();
        using WeightFiles whole = ModelFolder.Open(Golden.Path("checkpoints/5b")).OpenVae();
        Assert.True(vae.TryGet("decoder.conv_in.conv.weight", out Tensor weight));
        Assert.True(whole.TryGet("decoder.conv_in.conv.weight", out Tensor expected));
        Assert.True(weight.HasSameElements(expected));
        Assert.True(text.TryDescribe("encoder.block.0.layer.0.SelfAttention.q.weight", out _));
    }

    [Theory]
    [InlineData("2b", "foreign/gguf/transformer-Q8_0.gguf", "doesn't fit", "width 96 against 128, channels of a head 32 against 64")]
    [InlineData(
        "5b", "foreign/single/refuse-incomplete.safetensors", "'time_embedding.linear_2.weight' is missing from",
        ", and so are 33 more of the 40 that it should have")]
    [InlineData("5b", "foreign/nothing", "doesn't exist, where the transformer should be", "Check the path")]
    public void WhatDoesNotFitIsRefused(string model, string place, params string[] says)
    {
        Exception error = Assert.ThrowsAny<Exception>(
            () => ModelFolder.Open(Golden.Path($"checkpoints/{model}"), new PartPlaces { Transformer = Golden.Path(place) }));
        Assert.True(error is ConfigException or TensorException);
        Assert.All(says, said => Assert.Contains(said, error.Message));
    }

    [Fact]
    public void AReleaseOfSatHasNoTextEncoder()
    {
        var model = ModelFolder.Open(folder.Path, new PartPlaces { TextEncoder = Golden.Path("foreign/sat/5b") });
        Assert.Contains("is a release of SAT, which has no text encoder", Assert.Throws<ConfigException>(model.OpenTextEncoder).Message);
    }

    [Fact]
    public void ATextEncoderMayBeMissingUntilItIsAskedFor()
    {
        Directory.Delete(folder["text_encoder"], recursive: true);
        Directory.Delete(folder["tokenizer"], recursive: true);
        var model = ModelFolder.Open(folder.Path);
        Assert.Contains("has no folder 'text_encoder'", Assert.Throws<ConfigException>(() => model.TextEncoder).Message);
        Assert.Contains("has no folder 'tokenizer'", Assert.Throws<ConfigException>(() => model.TokenizerFile).Message);
    }

    private static string Made(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }
}
