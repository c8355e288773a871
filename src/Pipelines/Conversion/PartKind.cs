namespace CogVideoX.Pipelines.Conversion;

/// <summary>What weights are of, by the names that models ask for.</summary>
internal enum PartKind
{
    /// <summary>A transformer of CogVideoX.</summary>
    Transformer,

    /// <summary>A VAE of CogVideoX.</summary>
    Vae,

    /// <summary>A T5 encoder.</summary>
    TextEncoder,

    /// <summary>Something else, whose weights are copied without a look at what they mean.</summary>
    Other,
}

/// <summary>What goes with each kind.</summary>
internal static class PartKinds
{
    // Pieces of the names of an adapter's tensors, which change a part and aren't one.
    private static readonly string[] OfAdapters = ["lora", ".matrix_A.", ".hada_", ".lokr_"];

    /// <summary>Whether there are tensors of an adapter among them.</summary>
    public static bool HaveAdapter(IEnumerable<string> names) =>
        names.Any(name => OfAdapters.Any(piece => name.Contains(piece, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Recognises a part by its tensors.</summary>
    public static PartKind Of(IReadOnlyCollection<string> names)
    {
        if (names.Contains("patch_embed.proj.weight") && names.Contains("patch_embed.text_proj.weight"))
            return PartKind.Transformer;
        if (names.Contains("decoder.conv_in.conv.weight") || names.Contains("encoder.conv_in.conv.weight"))
            return PartKind.Vae;
        return names.Contains("encoder.block.0.layer.0.SelfAttention.q.weight") ? PartKind.TextEncoder : PartKind.Other;
    }

    /// <summary>Its folder in a pipeline.</summary>
    public static string Folder(this PartKind kind) => kind switch
    {
        PartKind.Transformer => "transformer",
        PartKind.Vae => "vae",
        _ => "text_encoder",
    };

    /// <summary>What its weight files begin with.</summary>
    public static string WeightsName(this PartKind kind) => kind == PartKind.TextEncoder ? "model" : "diffusion_pytorch_model";

    /// <summary>In words, such as <c>a transformer</c>.</summary>
    public static string Title(this PartKind kind) => kind switch
    {
        PartKind.Transformer => "a transformer",
        PartKind.Vae => "a VAE",
        PartKind.TextEncoder => "a text encoder",
        _ => "another model's part",
    };
}
