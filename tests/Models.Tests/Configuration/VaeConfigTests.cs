using CogVideoX.Models.Configuration;
using CogVideoX.Testing;

namespace CogVideoX.Models.Tests.Configuration;

public sealed class VaeConfigTests
{
    private const string Config = "checkpoints/5b/vae/config.json";

    [Fact]
    public void ReadsACheckpointsConfig()
    {
        VaeConfig config = VaeConfig.Read(Golden.Path(Config));
        Assert.Equal([8, 8, 16, 16], config.BlockChannels);
        Assert.Equal(
            (3, 3, 4, 1, 4), (config.InChannels, config.OutChannels, config.LatentChannels, config.LayersPerBlock, config.NormGroups));
        Assert.Equal((8, 4), (config.SpatialCompression, config.TemporalCompression));
        Assert.Equal(0.7, config.ScalingFactor);
        Assert.Empty(config.Unsupported());
    }

    [Fact]
    public void WhatIsAbsentHasTheDefaultsOf2b()
    {
        VaeConfig config = VaeConfig.Read(ConfigText.Of("{}"));
        Assert.Equal([128, 256, 256, 512], config.BlockChannels);
        Assert.Equal((16, 3, 32), (config.LatentChannels, config.LayersPerBlock, config.NormGroups));
        Assert.Equal((1.15258426, 480, 720), (config.ScalingFactor, config.SampleHeight, config.SampleWidth));
    }

    [Theory]
    [InlineData("block_out_channels", "[]", "a list of 1 to 8 whole numbers")]
    [InlineData("block_out_channels", "[8,0,16,16]", "a list of 1 to 8 whole numbers")]
    [InlineData("block_out_channels", "[8,8,8,8,8,8,8,8,8]", "a list of 1 to 8 whole numbers")]
    [InlineData("block_out_channels", "8", "a list of 1 to 8 whole numbers")]
    [InlineData("block_out_channels", "[8,8,16,\"16\"]", "a list of 1 to 8 whole numbers")]
    [InlineData("norm_num_groups", "3", "a divisor of each of block_out_channels [8, 8, 16, 16]")]
    [InlineData("norm_num_groups", "0", "whole number")]
    [InlineData("latent_channels", "0", "whole number")]
    [InlineData("layers_per_block", "0", "whole number")]
    [InlineData("temporal_compression_ratio", "3", "a power of two from 1 to 8")]
    [InlineData("temporal_compression_ratio", "16", "a power of two from 1 to 8")]
    [InlineData("scaling_factor", "0", "number from")]
    [InlineData("scaling_factor", "-0.7", "number from")]
    [InlineData("scaling_factor", "1e400", "number from")]
    [InlineData("scaling_factor", "\"NaN\"", "number from")]
    [InlineData("norm_eps", "1", "number from")]
    [InlineData("act_fn", "\"mish\"", "\"silu\"")]
    [InlineData("shift_factor", "0.1", "null")]
    [InlineData("latents_mean", "[0]", "null")]
    [InlineData("latents_std", "[1]", "null")]
    [InlineData("down_block_types", "[\"DownEncoderBlock2D\"]", "\"CogVideoXDownBlock3D\" 4 times")]
    [InlineData("up_block_types", "[\"CogVideoXUpBlock3D\"]", "\"CogVideoXUpBlock3D\" 4 times")]
    [InlineData("up_block_types", "[1]", "a list of at most 8 texts")]
    [InlineData("_class_name", "\"AutoencoderKL\"", "\"AutoencoderKLCogVideoX\"")]
    public void AbsurdValuesAreRefused(string key, string value, string says) =>
        ConfigText.Refused(() => VaeConfig.Read(ConfigText.With(Config, key, value)), key, says);

    [Theory]
    [InlineData("use_quant_conv", "true")]
    [InlineData("use_post_quant_conv", "true")]
    [InlineData("in_channels", "4")]
    public void WhatCantBeRunIsReadAndSaid(string key, string value) =>
        Assert.Contains(key, Assert.Single(VaeConfig.Read(ConfigText.With(Config, key, value)).Unsupported()));
}
