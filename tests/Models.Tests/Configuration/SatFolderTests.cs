using CogVideoX.Models.Configuration;
using CogVideoX.Models.Tests.Weights;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class SatFolderTests : IDisposable
{
    private const string States = "mp_rank_00_model_states.pt", Yaml = "model.yaml";

    private readonly TempFolder folder = TempFolder.CopyOf(Golden.Path("foreign/sat/5b-i2v"));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AReleaseIsRecognisedAndItsFilesAreFound()
    {
        Assert.True(SatFolder.Is(folder.Path));
        Assert.False(SatFolder.Is(Golden.Path("checkpoints/5b")));
        SatFolder release = SatFolder.Open(folder.Path);
        Assert.Equal((folder["transformer", "1", States], null), (release.TransformerFile, release.VaeFile));
        Assert.Contains("has no vae/3d-vae.pt", Assert.Throws<ConfigException>(release.OpenVae).Message);
        Directory.CreateDirectory(folder["vae"]);
        File.WriteAllBytes(folder["vae", "3d-vae.pt"], []);
        Assert.Equal(folder["vae", "3d-vae.pt"], SatFolder.Open(folder.Path).VaeFile);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../1")]
    [InlineData("/etc")]
    [InlineData("a\\b")]
    [InlineData("C:1")]
    [InlineData("1\u001b[2J")]
    [InlineData("1 2")]
    public void LatestLeadsNowhereElse(string name)
    {
        File.WriteAllText(folder["transformer", "latest"], name);
        Assert.Contains("should hold the name of a folder beside it", Refused());
        File.WriteAllText(folder["transformer", "latest"], new string('1', 10_000));
        Assert.Contains("should hold the name of a folder beside it", Refused());
    }

    [Fact]
    public void WhatIsMissingIsNamed()
    {
        File.WriteAllText(folder["transformer", "latest"], "1\n");
        Assert.Equal(folder["transformer", "1", States], SatFolder.Open(folder.Path).TransformerFile);
        File.WriteAllBytes(folder["transformer", "1", "mp_rank_01_model_states.pt"], []);
        Assert.Contains("cut up for several cards", Refused());
        File.WriteAllText(folder["transformer", "latest"], "2000");
        Assert.StartsWith(folder["transformer", "2000", States] + " doesn't exist", Refused());
        File.Delete(folder["transformer", "latest"]);
        Assert.Contains("latest doesn't exist", Refused());
    }

    [Theory]
    [InlineData("latent_width: 12", "", "has no 'latent_width' in its network_config")]
    [InlineData("latent_width: 12", "latent_width: twelve", "'latent_width' is 'twelve'; it should be a number up to 4096")]
    [InlineData("num_frames: 9", "num_frames: 9\n      num_frames: 10", "'num_frames' is ''")]
    [InlineData("text_length: 26", "text_length: -1", "'text_length' is '-1'")]
    [InlineData("network_config:", "other_config:", "has no 'latent_width' in its network_config")]
    public void ANumberThatIsMissingOrAbsurdIsNamed(string old, string text, string says)
    {
        Edit(old, text);
        string message = Assert.Throws<ConfigException>(() => SatFolder.Open(folder.Path).ReadTransformerConfig()).Message;
        Assert.StartsWith(folder[Yaml], message);
        Assert.Contains(says, message);
    }

    [Fact]
    public void OtherPartsOfTheConfigurationAreNotItsOwn()
    {
        Edit("model:", "args:\n  latent_width: 1 # not this one\nmodel:");
        File.AppendAllText(folder[Yaml], "  sampler:\n    num_frames: 1000\n");
        Edit("num_frames: 9", "num_frames: 17  # seventeen");
        TransformerConfig config = SatFolder.Open(folder.Path).ReadTransformerConfig();
        Assert.Equal((12, 17), (config.SampleWidth, config.SampleFrames));
        Edit("latent_width: 12", "latent_width: 11");
        Assert.Contains(
            "patches of 2, which don't divide latents of 8×11",
            Assert.Throws<WeightException>(() => SatFolder.Open(folder.Path).ReadTransformerConfig()).Message);
    }

    [Fact]
    public void WithoutAConfigurationAReleasedModelIsKnownByItsShapes()
    {
        File.Delete(folder[Yaml]);
        Assert.Contains(
            "is of none of the released models",
            Assert.Throws<WeightException>(() => SatFolder.Open(folder.Path).ReadTransformerConfig()).Message);
    }

    [Theory]
    [InlineData(1920, 16, 30, true, 60, 90, 49)]
    [InlineData(3072, 16, 42, false, 60, 90, 49)]
    [InlineData(3072, 32, 42, true, 60, 90, 49)]
    public void ReleasedModels(int width, int channels, int layers, bool table, int height, int columns, int frames)
    {
        File.Delete(folder[Yaml]);
        const string Model = "module.model.diffusion_model.";
        var tensors = new List<TensorSource>();
        Add("mixins.patch_embed.proj.weight", [width, channels, 2, 2]);
        Add("mixins.patch_embed.proj.bias", [width]);
        Add("mixins.patch_embed.text_proj.weight", [width, 4096]);
        Add("mixins.final_layer.linear.weight", [64, width]);
        Add("time_embed.0.weight", [512, width]);
        Add("transformer.final_layernorm.weight", [width]);
        if (table)
            Add("mixins.pos_embed.pos_embedding", [1, 17776, width]);
        for (int i = 0; i < layers; i++)
        {
            Add($"transformer.layers.{i}.attention.query_key_value.weight", [3 * width, width]);
            Add($"transformer.layers.{i}.attention.query_key_value.bias", [3 * width]);
            Add($"mixins.adaln_layer.query_layernorm_list.{i}.weight", [64]);
        }
        File.Delete(folder["transformer", "1", States]);
        SafetensorsWriter.WriteHollow(folder["transformer", "1", States], tensors);
        TransformerConfig config = SatFolder.Open(folder.Path).ReadTransformerConfig();
        Assert.Equal((width / 64, 64, layers), (config.Heads, config.HeadDim, config.Layers));
        Assert.Equal((channels, 16, 4096, 512), (config.InChannels, config.OutChannels, config.TextWidth, config.TimeEmbedWidth));
        Assert.Equal((height, columns, frames, 226), (config.SampleHeight, config.SampleWidth, config.SampleFrames, config.MaxTextLength));
        Assert.Equal((!table || channels == 32, table && channels == 32), (config.Rotary, config.LearnedPositions));

        void Add(string name, Shape shape) => tensors.Add(EditedWeights.Zeros(Model + name, DType.BF16, shape));
    }

    private string Refused() => Assert.Throws<ConfigException>(() => SatFolder.Open(folder.Path)).Message;

    private void Edit(string old, string text)
    {
        string before = File.ReadAllText(folder[Yaml]);
        Assert.Contains(old, before);
        File.WriteAllText(folder[Yaml], before.Replace(old, text, StringComparison.Ordinal));
    }
}
