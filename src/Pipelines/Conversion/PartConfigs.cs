using System.Text;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;

namespace CogVideoX.Pipelines.Conversion;

/// <summary>
/// The <c>config.json</c> of parts that come without one: keys, values and order as diffusers and transformers write them.
/// </summary>
internal static class PartConfigs
{
    // Those whose configs these are.
    private const string Diffusers = "0.42.1", Transformers = "5.23.0";

    private const string Sincos = "CogVideoX-2b";

    /// <summary>
    /// The config of a transformer, from the shapes of its tensors, where they are those of a released model; null where nothing tells the
    /// size of its videos.
    /// </summary>
    /// <param name="file">The weights, under the names that models ask for.</param>
    /// <param name="stored">The names in the file: a table of sines is no weight, and tells that positions don't turn queries.</param>
    /// <exception cref="WeightException">Shapes that no CogVideoX has.</exception>
    public static TransformerConfig? Transformer(ITensorFile file, IEnumerable<string> stored)
    {
        var unknown = new TransformerSizes(0, 0, 0, 0);
        TransformerConfig shapes = new TransformerShapes(file).Config(rotary: true, unknown);
        bool hasTable = !shapes.LearnedPositions
            && stored.Any(name => name.EndsWith("mixins.pos_embed.pos_embedding", StringComparison.Ordinal));
        bool isRotary = !hasTable && ReleasedModels.NameOf(shapes) != Sincos;
        return TransformerSizes.Released(shapes)?.In(shapes with { Rotary = isRotary });
    }

    /// <summary>The text of a transformer's config.</summary>
    public static byte[] Text(TransformerConfig config) => Bytes(new()
    {
        ["_class_name"] = TransformerConfig.ClassName,
        ["_diffusers_version"] = Diffusers,
        ["activation_fn"] = "gelu-approximate",
        ["attention_bias"] = config.AttentionBias,
        ["attention_head_dim"] = config.HeadDim,
        ["dropout"] = 0.0,
        ["flip_sin_to_cos"] = config.FlipSinToCos,
        ["freq_shift"] = (int)config.FrequencyShift,
        ["in_channels"] = config.InChannels,
        ["max_text_seq_length"] = config.MaxTextLength,
        ["norm_elementwise_affine"] = config.NormAffine,
        ["norm_eps"] = config.NormEpsilon,
        ["num_attention_heads"] = config.Heads,
        ["num_layers"] = config.Layers,
        ["ofs_embed_dim"] = config.OfsEmbedWidth,
        ["out_channels"] = config.OutChannels,
        ["patch_bias"] = config.PatchBias,
        ["patch_size"] = config.PatchSize,
        ["patch_size_t"] = config.TemporalPatchSize,
        ["sample_frames"] = config.SampleFrames,
        ["sample_height"] = config.SampleHeight,
        ["sample_width"] = config.SampleWidth,
        ["spatial_interpolation_scale"] = config.SpatialInterpolation,
        ["temporal_compression_ratio"] = config.TemporalCompression,
        ["temporal_interpolation_scale"] = config.TemporalInterpolation,
        ["text_embed_dim"] = config.TextWidth,
        ["time_embed_dim"] = config.TimeEmbedWidth,
        ["timestep_activation_fn"] = "silu",
        ["use_learned_positional_embeddings"] = config.LearnedPositions,
        ["use_rotary_positional_embeddings"] = config.Rotary,
    });

    /// <summary>
    /// The config of a VAE of the released shapes; null for others, whose norms' groups and scaling factor nothing tells.
    /// </summary>
    /// <param name="file">The weights, under the names that models ask for.</param>
    /// <param name="release">The released model that it is of, such as <c>CogVideoX-2b</c>, whose VAEs differ in configs alone.</param>
    public static byte[]? Vae(ITensorFile file, string? release)
    {
        Shape first = ShapeOf(file, "encoder.conv_in.conv.weight"), latents = ShapeOf(file, "decoder.conv_in.conv.weight");
        bool isReleased = first == new Shape(128, 3, 3, 3, 3) && latents == new Shape(512, 16, 3, 3, 3);
        string preset = (release ?? "CogVideoX-5b")["CogVideoX".Length..].TrimStart('-').ToLowerInvariant();
        return isReleased ? new Preset(preset).ReadVaeText() : null;
    }

    /// <summary>The config of a T5 encoder, from the shapes of its tensors; what they don't tell is as in T5 v1.1 XXL.</summary>
    /// <param name="file">The weights, under the names that models ask for.</param>
    /// <param name="type">What most of them will be written as.</param>
    /// <exception cref="WeightException">One that tells is missing.</exception>
    public static byte[] TextEncoder(ITensorFile file, DType type)
    {
        const string Block = "encoder.block.0.layer.", Attention = Block + "0.SelfAttention.";
        bool isTied = !file.TryDescribe("shared.weight", out _);
        Shape embedding = ShapeOf(file, isTied ? "encoder.embed_tokens.weight" : "shared.weight");
        Shape distances = ShapeOf(file, Attention + "relative_attention_bias.weight"), queries = ShapeOf(file, Attention + "q.weight");
        int layers = Enumerable.Range(0, 1024)
            .TakeWhile(i => file.TryDescribe($"encoder.block.{i}.layer.0.SelfAttention.q.weight", out _)).Count();
        int heads = distances.Rank == 2 ? Math.Max(1, distances[1]) : 1;
        T5Config known = T5Config.Released;
        return Bytes(new()
        {
            ["architectures"] = new[] { T5Config.ClassName },
            ["classifier_dropout"] = 0.0,
            ["d_ff"] = ShapeOf(file, Block + "1.DenseReluDense.wi_0.weight")[0],
            ["d_kv"] = queries[0] / heads,
            ["d_model"] = embedding[-1],
            ["dense_act_fn"] = "gelu_new",
            ["dropout_rate"] = 0.1,
            ["dtype"] = type == DType.F16 ? "float16" : type == DType.BF16 ? "bfloat16" : "float32",
            ["eos_token_id"] = known.EndId,
            ["feed_forward_proj"] = "gated-gelu",
            ["initializer_factor"] = 1.0,
            ["is_decoder"] = false,
            ["is_encoder_decoder"] = false,
            ["is_gated_act"] = true,
            ["layer_norm_epsilon"] = known.NormEpsilon,
            ["model_type"] = "t5",
            ["num_decoder_layers"] = layers,
            ["num_heads"] = heads,
            ["num_layers"] = layers,
            ["pad_token_id"] = known.PadId,
            ["relative_attention_max_distance"] = known.RelativeMaxDistance,
            ["relative_attention_num_buckets"] = distances[0],
            ["scale_decoder_outputs"] = true,
            ["tie_word_embeddings"] = true,
            ["transformers_version"] = Transformers,
            ["use_cache"] = false,
            ["vocab_size"] = embedding[0],
        });
    }

    private static Shape ShapeOf(ITensorFile file, string name) => file.TryDescribe(name, out TensorInfo info) && info.Shape.Rank > 0
        ? info.Shape
        : throw new WeightException($"'{name}' is missing from {file.Path}. Download the file again.");

    private static byte[] Bytes(Dictionary<string, object?> config) => Encoding.UTF8.GetBytes(PythonJson.Text(config) + "\n");
}
