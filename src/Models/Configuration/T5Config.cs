namespace CogVideoX.Models.Configuration;

/// <summary>The <c>config.json</c> of a T5 v1.1 encoder. What a file leaves out has the default of transformers' class.</summary>
public sealed record T5Config
{
    /// <summary>The class that <c>model_index.json</c> names.</summary>
    internal const string ClassName = "T5EncoderModel";

    /// <summary>Pieces of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>D: width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Width of a head's keys and values; heads · this need not be <see cref="Width"/>.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Width inside the feed-forward layers.</summary>
    public required int FeedForwardWidth { get; init; }

    /// <summary>How many blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>N: attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Buckets of the relative positions, half of them for each direction.</summary>
    public required int RelativeBuckets { get; init; }

    /// <summary>From this distance on all positions share the last bucket.</summary>
    public required int RelativeMaxDistance { get; init; }

    /// <summary>ε of the RMS norms.</summary>
    public required double NormEpsilon { get; init; }

    /// <summary>The piece that fills up a row.</summary>
    public required int PadId { get; init; }

    /// <summary>The piece that ends a text.</summary>
    public required int EndId { get; init; }

    /// <summary>The type that the weights were released in, such as <c>bfloat16</c>; null where the config doesn't say.</summary>
    public string? StoredType { get; init; }

    /// <summary>That of all released models: T5 v1.1 XXL.</summary>
    internal static T5Config Released { get; } = new()
    {
        Vocabulary = 32128,
        Width = 4096,
        HeadDim = 64,
        FeedForwardWidth = 10240,
        Layers = 24,
        Heads = 64,
        RelativeBuckets = 32,
        RelativeMaxDistance = 128,
        NormEpsilon = 1e-6,
        PadId = 0,
        EndId = 1,
    };

    /// <summary>Reads and checks <c>text_encoder/config.json</c>.</summary>
    /// <exception cref="ConfigException">A value is of the wrong kind, absurd, or doesn't fit another; or it isn't a T5 v1.1.</exception>
    public static T5Config Read(string path) => Read(ConfigFile.Read(path));

    internal static T5Config Read(ConfigFile file)
    {
        file.Choice("model_type", "t5", ("t5", 0));
        // The first T5 has "relu" here and no gates; CogVideoX uses v1.1.
        file.Choice("feed_forward_proj", "relu", ("gated-gelu", 0));
        file.Choice("dense_act_fn", "gelu_new", ("gelu_new", 0));
        int vocabulary = file.Int("vocab_size", 32128, 2, 10_000_000);
        var config = new T5Config
        {
            Vocabulary = vocabulary,
            Width = file.Int("d_model", 512, 1, 65536),
            HeadDim = file.Int("d_kv", 64, 1, 4096),
            FeedForwardWidth = file.Int("d_ff", 2048, 1, 262144),
            Layers = file.Int("num_layers", 6, 1, 1024),
            Heads = file.Int("num_heads", 8, 1, 1024),
            RelativeBuckets = file.Int("relative_attention_num_buckets", 32, 4, 65536),
            RelativeMaxDistance = file.Int("relative_attention_max_distance", 128, 2, 65536),
            NormEpsilon = file.Double("layer_norm_epsilon", 1e-6, 1e-12, 0.1),
            PadId = file.Int("pad_token_id", 0, 0, vocabulary - 1),
            EndId = file.Int("eos_token_id", 1, 0, vocabulary - 1),
            StoredType = file.TextOrNull("dtype") ?? file.TextOrNull("torch_dtype"),
        };
        config.CheckTogether(file);
        return config;
    }

    private void CheckTogether(ConfigFile file)
    {
        // A direction has half of the buckets, of which half are one distance each and the rest grow logarithmically up to the maximum.
        if (RelativeBuckets % 4 != 0)
            throw file.Wrong("relative_attention_num_buckets", "a multiple of 4");
        if (RelativeMaxDistance <= RelativeBuckets / 4)
        {
            throw file.Wrong(
                "relative_attention_max_distance", $"more than a quarter of relative_attention_num_buckets, {RelativeBuckets / 4}");
        }
    }
}
