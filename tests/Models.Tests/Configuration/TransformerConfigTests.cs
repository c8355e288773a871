using CogVideoX.Models.Configuration;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class TransformerConfigTests
{
    private const string Golden5b = "checkpoints/5b/transformer/config.json";
    private const string Golden2b = "checkpoints/2b/transformer/config.json";

    [Fact]
    public void ReadsACheckpointsConfig()
    {
        TransformerConfig config = TransformerConfig.Read(Golden.Path(Golden5b));
        Assert.Equal((3, 32, 96, 2), (config.Heads, config.HeadDim, config.Width, config.Layers));
        Assert.Equal((4, 4, 2, null), (config.InChannels, config.OutChannels, config.PatchSize, config.TemporalPatchSize));
        Assert.Equal((24, 32, 26), (config.TextWidth, config.TimeEmbedWidth, config.MaxTextLength));
        Assert.Equal((8, 12, 9), (config.SampleHeight, config.SampleWidth, config.SampleFrames));
        Assert.True(config.Rotary);
        Assert.Equal(1e-5, config.NormEpsilon);
        Assert.Equal(3, config.LatentFrames(9));
        Assert.Equal(1, config.LatentFrames(1));
        Assert.Empty(config.Unsupported());
        Assert.False(TransformerConfig.Read(Golden.Path(Golden2b)).Rotary);
    }

    [Fact]
    public void WhatIsAbsentHasTheDefaultsOf2b()
    {
        TransformerConfig config = TransformerConfig.Read(ConfigText.Of("{}"));
        Assert.Equal((30, 64, 1920, 30), (config.Heads, config.HeadDim, config.Width, config.Layers));
        Assert.Equal((60, 90, 49, 13), (config.SampleHeight, config.SampleWidth, config.SampleFrames, config.LatentFrames(49)));
        Assert.Equal((4096, 512, 226), (config.TextWidth, config.TimeEmbedWidth, config.MaxTextLength));
        Assert.Equal(1.875, config.SpatialInterpolation);
        Assert.Equal("CogVideoX-2b", ReleasedModels.NameOf(config));
    }

    [Theory]
    [InlineData("num_attention_heads", "0", "0; it should be a whole number from 1 to 1024")]
    [InlineData("num_attention_heads", "-3", "whole number")]
    [InlineData("num_attention_heads", "2.5", "whole number")]
    [InlineData("num_attention_heads", "\"2\"", "whole number")]
    [InlineData("num_attention_heads", "99999999999", "whole number")]
    [InlineData("num_layers", "0", "whole number")]
    [InlineData("num_layers", "1000000", "from 1 to 1024")]
    [InlineData("num_layers", "null", "whole number")]
    [InlineData("attention_head_dim", "33", "multiple of 16")]
    [InlineData("attention_head_dim", "100000", "from 2 to 1024")]
    [InlineData("in_channels", "0", "whole number")]
    [InlineData("out_channels", "-1", "whole number")]
    [InlineData("patch_size", "0", "whole number")]
    [InlineData("patch_size_t", "0", "whole number")]
    [InlineData("ofs_embed_dim", "-1", "whole number")]
    [InlineData("sample_height", "9", "a multiple of patch_size, 2")]
    [InlineData("sample_width", "1", "a multiple of patch_size, 2")]
    [InlineData("sample_frames", "0", "whole number")]
    [InlineData("text_embed_dim", "0", "whole number")]
    [InlineData("time_embed_dim", "0", "whole number")]
    [InlineData("max_text_seq_length", "100000", "from 1 to 4096")]
    [InlineData("temporal_compression_ratio", "0", "whole number")]
    [InlineData("norm_eps", "0", "number from")]
    [InlineData("norm_eps", "1e999", "number from")]
    [InlineData("spatial_interpolation_scale", "0", "number from")]
    [InlineData("temporal_interpolation_scale", "true", "number from")]
    [InlineData("freq_shift", "-1", "number from 0 to 1")]
    [InlineData("flip_sin_to_cos", "1", "true or false")]
    [InlineData("activation_fn", "\"swish\"", "\"gelu-approximate\"")]
    [InlineData("timestep_activation_fn", "\"relu\"", "\"silu\"")]
    [InlineData("_class_name", "\"UNet\"", "\"CogVideoXTransformer3DModel\"")]
    [InlineData("_class_name", "1", "a text")]
    public void AbsurdValuesAreRefused(string key, string value, string says) =>
        ConfigText.Refused(() => TransformerConfig.Read(ConfigText.With(Golden5b, key, value)), key, says);

    [Theory]
    [InlineData("attention_head_dim", "7", "even")]
    [InlineData("attention_head_dim", "6", "multiple of 16")]
    [InlineData("use_learned_positional_embeddings", "true", "false where use_rotary_positional_embeddings is")]
    public void ValuesThatDontFitSincosPositionsAreRefused(string key, string value, string says) =>
        ConfigText.Refused(() => TransformerConfig.Read(ConfigText.With(Golden2b, key, value)), key, says);

    [Fact]
    public void ChannelsThatNoTaskHasAreReadAndSaid()
    {
        TransformerConfig config = TransformerConfig.Read(ConfigText.With(Golden5b, "in_channels", "12"));
        Assert.Contains("12 input channels (in_channels)", Assert.Single(config.Unsupported()));
    }

    [Fact]
    public void WhatLaterReleasesAddIsRead()
    {
        TransformerConfig config = TransformerConfig.Read(Golden.Path("checkpoints/1.5-i2v/transformer/config.json"));
        Assert.Equal((true, 2, 32, 8), (config.TakesImage, config.PatchFrames, config.OfsEmbedWidth, config.PatchElements));
        Assert.Empty(config.Unsupported());
        Assert.True(TransformerConfig.Read(Golden.Path("checkpoints/5b-i2v/transformer/config.json")).LearnedPositions);
    }

    [Fact]
    public void AnOfsThatCantBeAddedToTheTimeIsRefused() => ConfigText.Refused(
        () => TransformerConfig.Read(ConfigText.With(Golden5b, "ofs_embed_dim", "48")), "ofs_embed_dim", "as large as time_embed_dim");
}
