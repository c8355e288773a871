using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Configuration;

/// <summary>Recognises a part of a model by the names of its tensors, which are Hugging Face's.</summary>
internal static class PartNames
{
    // A name that each of them has.
    private static readonly (string Telling, string Part)[] Known =
    [
        ("patch_embed.proj.weight", "transformer"),
        ("decoder.conv_in.conv.weight", "vae"),
        ("encoder.conv_in.conv.weight", "vae"),
        ("encoder.block.0.layer.0.SelfAttention.q.weight", "text_encoder"),
    ];

    // Beside which weights aren't a part but what changes one.
    private static readonly string[] OfAdapters = ["lora_", ".lora.", ".matrix_A.", ".hada_", ".lokr_"];

    /// <summary>The part's name, as <c>model_index.json</c> has it; null where the file is none.</summary>
    /// <param name="file">Seen under Hugging Face's names.</param>
    public static string? Of(ITensorFile file) =>
        file.Names.Any(name => OfAdapters.Any(piece => name.Contains(piece, StringComparison.Ordinal)))
            ? null
            : Known.FirstOrDefault(known => file.TryDescribe(known.Telling, out _)).Part;
}
