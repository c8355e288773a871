namespace CogVideoX.Models.Configuration;

/// <summary>The <c>config.json</c> of a CogVideoX transformer. What a file leaves out has the default of diffusers' class.</summary>
public sealed record TransformerConfig
{
    /// <summary>The class that such a config names.</summary>
    internal const string ClassName = "CogVideoXTransformer3DModel";

    /// <summary>N: attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Channels of a head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Channels of the latents that come in: twice the VAE's for image to video.</summary>
    public required int InChannels { get; init; }

    /// <summary>C: channels of the prediction.</summary>
    public required int OutChannels { get; init; }

    /// <summary>How many blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the text encoder's output.</summary>
    public required int TextWidth { get; init; }

    /// <summary>E: width of the time embedding.</summary>
    public required int TimeEmbedWidth { get; init; }

    /// <summary>Width of the embedding of <c>ofs</c> (1.5 image to video); null where there is none.</summary>
    public required int? OfsEmbedWidth { get; init; }

    /// <summary>Cosines before sines in the time embedding.</summary>
    public required bool FlipSinToCos { get; init; }

    /// <summary>Shift of the frequencies of the time embedding.</summary>
    public required double FrequencyShift { get; init; }

    /// <summary>Whether the attention projections have biases.</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>Whether the patch projection has a bias. Checkpoints with a temporal patch have one whatever this says.</summary>
    public required bool PatchBias { get; init; }

    /// <summary>Latent rows and columns of a patch.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Latent frames of a patch (1.5); null where patches are flat.</summary>
    public required int? TemporalPatchSize { get; init; }

    /// <summary>Latent width that it was trained at.</summary>
    public required int SampleWidth { get; init; }

    /// <summary>Latent height that it was trained at.</summary>
    public required int SampleHeight { get; init; }

    /// <summary>Video frames that it was trained at.</summary>
    public required int SampleFrames { get; init; }

    /// <summary>Video frames of a latent frame.</summary>
    public required int TemporalCompression { get; init; }

    /// <summary>T: text tokens.</summary>
    public required int MaxTextLength { get; init; }

    /// <summary>Whether the layer norms have weights and biases.</summary>
    public required bool NormAffine { get; init; }

    /// <summary>ε of the layer norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>Spatial positions are divided by this (sincos).</summary>
    public required double SpatialInterpolation { get; init; }

    /// <summary>Temporal positions are divided by this (sincos).</summary>
    public required double TemporalInterpolation { get; init; }

    /// <summary>Rotary positions (5B) rather than sums of sines and cosines (2B).</summary>
    public required bool Rotary { get; init; }

    /// <summary>Whether the positions that are added are stored in the checkpoint (5B image to video).</summary>
    public required bool LearnedPositions { get; init; }

    /// <summary>D: heads · channels of a head.</summary>
    public int Width => Heads * HeadDim;

    /// <summary>q: latent frames of a patch; 1 where patches are flat.</summary>
    public int PatchFrames => TemporalPatchSize ?? 1;

    /// <summary>Numbers of a patch of one channel: q·p·p.</summary>
    public int PatchElements => PatchFrames * PatchSize * PatchSize;

    /// <summary>Whether it goes on from a picture, whose latents it gets beside the noisy ones.</summary>
    public bool TakesImage => InChannels == 2 * OutChannels;

    /// <summary>F: latent frames of a video.</summary>
    /// <param name="frames">Video frames, a multiple of <see cref="TemporalCompression"/> and one.</param>
    public int LatentFrames(int frames) => (frames - 1) / TemporalCompression + 1;

    /// <summary>V: video tokens of latents with so many frames, of that height and width.</summary>
    public int VideoTokens(int frames, int height, int width) => frames / PatchFrames * (height / PatchSize) * (width / PatchSize);

    /// <summary>Reads and checks <c>transformer/config.json</c>.</summary>
    /// <exception cref="ConfigException">A value is of the wrong kind, absurd, or doesn't fit another.</exception>
    public static TransformerConfig Read(string path) => Read(ConfigFile.Read(path));

    /// <summary>What this version can't do with such a model, a phrase each; empty for the models that run.</summary>
    internal IReadOnlyList<string> Unsupported()
    {
        var reasons = new List<string>();
        if (InChannels != OutChannels && !TakesImage)
            reasons.Add($"{InChannels} input channels (in_channels) for {OutChannels} output channels (out_channels) are not supported");
        return reasons;
    }

    internal static TransformerConfig Read(ConfigFile file)
    {
        file.Choice("_class_name", ClassName, (ClassName, 0));
        file.Choice("activation_fn", "gelu-approximate", ("gelu-approximate", 0));
        file.Choice("timestep_activation_fn", "silu", ("silu", 0));
        var config = new TransformerConfig
        {
            Heads = file.Int("num_attention_heads", 30, 1, 1024),
            HeadDim = file.Int("attention_head_dim", 64, 2, 1024),
            InChannels = file.Int("in_channels", 16, 1, 4096),
            OutChannels = file.Int("out_channels", 16, 1, 4096),
            Layers = file.Int("num_layers", 30, 1, 1024),
            TextWidth = file.Int("text_embed_dim", 4096, 1, 65536),
            TimeEmbedWidth = file.Int("time_embed_dim", 512, 1, 65536),
            OfsEmbedWidth = file.IntOrNull("ofs_embed_dim", 1, 65536),
            FlipSinToCos = file.Bool("flip_sin_to_cos", true),
            FrequencyShift = file.Double("freq_shift", 0, 0, 1),
            AttentionBias = file.Bool("attention_bias", true),
            PatchBias = file.Bool("patch_bias", true),
            PatchSize = file.Int("patch_size", 2, 1, 64),
            TemporalPatchSize = file.IntOrNull("patch_size_t", 1, 64),
            SampleWidth = file.Int("sample_width", 90, 1, 4096),
            SampleHeight = file.Int("sample_height", 60, 1, 4096),
            SampleFrames = file.Int("sample_frames", 49, 1, 4096),
            TemporalCompression = file.Int("temporal_compression_ratio", 4, 1, 64),
            MaxTextLength = file.Int("max_text_seq_length", 226, 1, 4096),
            NormAffine = file.Bool("norm_elementwise_affine", true),
            NormEpsilon = file.Double("norm_eps", 1e-5, 1e-12, 0.1),
            SpatialInterpolation = file.Double("spatial_interpolation_scale", 1.875, 1e-3, 1e3),
            TemporalInterpolation = file.Double("temporal_interpolation_scale", 1, 1e-3, 1e3),
            Rotary = file.Bool("use_rotary_positional_embeddings", false),
            LearnedPositions = file.Bool("use_learned_positional_embeddings", false),
        };
        config.CheckTogether(file);
        return config;
    }

    private void CheckTogether(ConfigFile file)
    {
        // Rotary channels split 2 : 3 : 3 over time, height and width, each in pairs; sines and cosines split the width 2 : 3 : 3 likewise.
        if (Rotary && HeadDim % 16 != 0)
            throw file.Wrong("attention_head_dim", "a multiple of 16, so that rotary positions can split it over time, height and width");
        if (HeadDim % 2 != 0)
            throw file.Wrong("attention_head_dim", "even");
        if (!Rotary && Width % 16 != 0)
        {
            throw file.Wrong(
                "attention_head_dim",
                $"such that heads · channels (now {Width}) is a multiple of 16, which sines and cosines of positions need");
        }
        if (SampleHeight % PatchSize != 0)
            throw file.Wrong("sample_height", $"a multiple of patch_size, {PatchSize}");
        if (SampleWidth % PatchSize != 0)
            throw file.Wrong("sample_width", $"a multiple of patch_size, {PatchSize}");
        if (OfsEmbedWidth is { } ofs && ofs != TimeEmbedWidth)
            throw file.Wrong("ofs_embed_dim", $"as large as time_embed_dim, {TimeEmbedWidth}, to which it is added");
        if (!Rotary && LearnedPositions)
            throw file.Wrong("use_learned_positional_embeddings", "false where use_rotary_positional_embeddings is");
    }
}
