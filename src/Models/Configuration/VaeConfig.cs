namespace CogVideoX.Models.Configuration;

/// <summary>The <c>config.json</c> of a CogVideoX VAE. What a file leaves out has the default of diffusers' class.</summary>
public sealed record VaeConfig
{
    /// <summary>The class that such a config names.</summary>
    internal const string ClassName = "AutoencoderKLCogVideoX";

    private const string DownBlock = "CogVideoXDownBlock3D";
    private const string UpBlock = "CogVideoXUpBlock3D";
    private const int MaxBlocks = 8;

    /// <summary>Channels of the video: 3.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the decoded video: 3.</summary>
    public required int OutChannels { get; init; }

    /// <summary>C: channels of the latents.</summary>
    public required int LatentChannels { get; init; }

    /// <summary>Channels of each block, from the video to the latents; the decoder goes through them backwards.</summary>
    public required IReadOnlyList<int> BlockChannels { get; init; }

    /// <summary>Residual layers of an encoder block; a decoder block has one more.</summary>
    public required int LayersPerBlock { get; init; }

    /// <summary>Groups of the group norms.</summary>
    public required int NormGroups { get; init; }

    /// <summary>ε of the group norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Video frames of a latent frame.</summary>
    public required int TemporalCompression { get; init; }

    /// <summary>Height in pixels that tiles are made from.</summary>
    public required int SampleHeight { get; init; }

    /// <summary>Width in pixels that tiles are made from.</summary>
    public required int SampleWidth { get; init; }

    /// <summary>What the sampler's latents are, as a multiple of the VAE's.</summary>
    public required double ScalingFactor { get; init; }

    /// <summary>Whether image latents are divided by the factor rather than multiplied (1.5 image to video).</summary>
    public required bool InvertScaleLatents { get; init; }

    /// <summary>Whether a 1×1×1 convolution follows the encoder.</summary>
    public required bool QuantConv { get; init; }

    /// <summary>Whether a 1×1×1 convolution precedes the decoder.</summary>
    public required bool PostQuantConv { get; init; }

    /// <summary>Pixels of a latent's side: every block but the last halves it.</summary>
    public int SpatialCompression => 1 << (BlockChannels.Count - 1);

    /// <summary>Reads and checks <c>vae/config.json</c>.</summary>
    /// <exception cref="ConfigException">A value is of the wrong kind, absurd, or doesn't fit another.</exception>
    public static VaeConfig Read(string path) => Read(ConfigFile.Read(path));

    /// <summary>What this version can't do with such a VAE, a phrase each; empty for those that run.</summary>
    internal IReadOnlyList<string> Unsupported()
    {
        var reasons = new List<string>();
        if (QuantConv)
            reasons.Add("a convolution after the encoder (use_quant_conv) is not supported");
        if (PostQuantConv)
            reasons.Add("a convolution before the decoder (use_post_quant_conv) is not supported");
        if (InChannels != 3 || OutChannels != 3)
            reasons.Add($"videos of {InChannels} to {OutChannels} channels are not supported, only of 3 (in_channels, out_channels)");
        return reasons;
    }

    internal static VaeConfig Read(ConfigFile file)
    {
        file.Choice("_class_name", ClassName, (ClassName, 0));
        file.Choice("act_fn", "silu", ("silu", 0));
        foreach (string key in new[] { "shift_factor", "latents_mean", "latents_std" })
        {
            if (file.Has(key))
                throw file.Wrong(key, "null: CogVideoX latents are scaled by scaling_factor alone");
        }
        var config = new VaeConfig
        {
            InChannels = file.Int("in_channels", 3, 1, 1024),
            OutChannels = file.Int("out_channels", 3, 1, 1024),
            LatentChannels = file.Int("latent_channels", 16, 1, 4096),
            BlockChannels = file.Ints("block_out_channels", [128, 256, 256, 512], 1, 16384, MaxBlocks),
            LayersPerBlock = file.Int("layers_per_block", 3, 1, 64),
            NormGroups = file.Int("norm_num_groups", 32, 1, 16384),
            NormEpsilon = file.Double("norm_eps", 1e-6, 1e-12, 0.1),
            TemporalCompression = file.Int("temporal_compression_ratio", 4, 1, 64),
            SampleHeight = file.Int("sample_height", 480, 1, 65536),
            SampleWidth = file.Int("sample_width", 720, 1, 65536),
            ScalingFactor = file.Double("scaling_factor", 1.15258426, 1e-6, 1e6),
            InvertScaleLatents = file.Bool("invert_scale_latents", false),
            QuantConv = file.Bool("use_quant_conv", false),
            PostQuantConv = file.Bool("use_post_quant_conv", false),
        };
        config.CheckTogether(file);
        return config;
    }

    private void CheckTogether(ConfigFile file)
    {
        CheckBlocks(file, "down_block_types", DownBlock);
        CheckBlocks(file, "up_block_types", UpBlock);
        if (BlockChannels.Any(channels => channels % NormGroups != 0))
            throw file.Wrong("norm_num_groups", $"a divisor of each of block_out_channels [{string.Join(", ", BlockChannels)}]");
        if (!int.IsPow2(TemporalCompression) || int.Log2(TemporalCompression) >= BlockChannels.Count)
        {
            throw file.Wrong(
                "temporal_compression_ratio",
                $"a power of two from 1 to {SpatialCompression}: "
                + $"each of the {BlockChannels.Count} blocks but the last halves time at most once");
        }
    }

    private void CheckBlocks(ConfigFile file, string key, string kind)
    {
        string[] blocks = file.Texts(key, [.. Enumerable.Repeat(kind, 4)], MaxBlocks);
        if (blocks.Length != BlockChannels.Count || blocks.Any(block => block != kind))
            throw file.Wrong(key, $"\"{kind}\" {BlockChannels.Count} times, once for each of block_out_channels");
    }
}
