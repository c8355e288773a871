using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// Recognises weights of other tools, or of another part of a model, by their names and shapes, where one of Hugging Face's is missing.
/// </summary>
internal static class ForeignNames
{
    private const string Remedy = "Use the model's files in Hugging Face's layout.";
    private const string Sat = "of the original training code (SAT)";
    private const string Quantised = "of quantised weights", Lora = "of a LoRA, which is no model by itself";

    // A piece of a name, what has such names, and how the keys begin for which they are no surprise.
    private static readonly (string Piece, string What, string[] Own)[] Known =
    [
        (".query_key_value.", Sat, []),
        ("mixins.", Sat, []),
        ("adaLN_modulations.", Sat, []),
        ("first_stage_model.", Sat, []),
        ("decoder.up.", Sat, []),
        ("encoder.down.", Sat, []),
        ("enc.blk.", "of GGUF files", []),
        ("qweight", Quantised, []),
        ("lora_A", Lora, []),
        ("lora_down", Lora, []),
        ("SelfAttention", "of a T5 text encoder", ["shared.", "encoder.block.", "encoder.final_layer_norm."]),
        ("transformer_blocks.", "of a transformer", ["patch_embed.", "time_embedding.", "transformer_blocks.", "norm_", "proj_out."]),
        ("decoder.up_blocks.", "of a VAE", ["encoder.conv", "encoder.down_blocks.", "encoder.mid_block.", "encoder.norm", "decoder."]),
    ];

    /// <summary>A sentence about the names that are there; null where they say nothing.</summary>
    /// <param name="key">What is missing.</param>
    /// <param name="names">What is there.</param>
    public static string? Recognise(string key, IReadOnlyCollection<string> names)
    {
        foreach ((string piece, string what, string[] own) in Known)
        {
            if (own.Any(start => key.StartsWith(start, StringComparison.Ordinal)))
                continue;
            if (names.FirstOrDefault(name => name.Contains(piece, StringComparison.Ordinal)) is string foreign)
                return $"Names such as {Quoted.Name(foreign)} are those {what}. {Remedy}";
        }
        return names.FirstOrDefault(name => name.EndsWith("." + key, StringComparison.Ordinal)) is string prefixed
            ? $"The names there begin with {Quoted.Name(prefixed[..^key.Length])}, as some tools write them. {Remedy}"
            : null;
    }

    /// <summary>A sentence about a weight of another shape; null where the shape says nothing.</summary>
    public static string? OfShape(Shape stored, Shape asked) => stored.Rank == 2 && asked.Rank == 4 && stored.Count == asked.Count
        ? $"It is stored as a matrix, as the original training code (SAT) and CogVideoX 1.5 have it. {Remedy}"
        : null;
}
