namespace CogVideoX.Models.Weights;

/// <summary>What a tensor of an adapter is.</summary>
internal enum LoraPart
{
    /// <summary>A, [rank, inputs].</summary>
    A,

    /// <summary>B, [outputs, rank].</summary>
    B,

    /// <summary>One number: what A and B are scaled by, times their rank.</summary>
    Alpha,
}

/// <summary>The name of a tensor in an adapter, taken apart.</summary>
/// <param name="Module">The layer that it belongs to, by its name in the model: <c>transformer_blocks.3.attn1.to_q</c>.</param>
/// <param name="Part">Which of its tensors it is.</param>
internal readonly record struct LoraKey(string Module, LoraPart Part)
{
    private const string Weight = "weight", Alpha = ".alpha";

    // What a program writes before the name of a layer, and what it makes of the name itself; the first that fits.
    private static readonly (string Prefix, Func<string, string?> LayerOf)[] Dialects =
    [
        ("lora_unet__", UnderscoreNames.LayerOf), // VideoX-Fun
        ("lora_unet_", UnderscoreNames.LayerOf), // kohya
        ("lora_transformer_", UnderscoreNames.LayerOf), // OneTrainer
        ("transformer.", name => name), // diffusers
        ("base_model.model.", name => name), // PEFT
        ("diffusion_model.", name => name), // ComfyUI
        ("", name => name),
    ];

    private static readonly (string Piece, LoraPart Part)[] Pieces =
    [
        (".lora_A.", LoraPart.A), (".lora_B.", LoraPart.B),
        (".lora.down.", LoraPart.A), (".lora.up.", LoraPart.B),
        (".lora_down.", LoraPart.A), (".lora_up.", LoraPart.B),
    ];

    /// <summary>Takes a name apart; null where it is none of a layer of a transformer.</summary>
    public static LoraKey? Parse(string key)
    {
        if (LoraDialects.IsOfTextEncoder(key))
            return null;
        if (SatNames.Parse(key) is { } half)
            return half;
        if (key.EndsWith(Alpha, StringComparison.Ordinal))
            return Of(key[..^Alpha.Length], LoraPart.Alpha);
        foreach ((string piece, LoraPart part) in Pieces)
        {
            int at = key.IndexOf(piece, StringComparison.Ordinal);
            if (at <= 0)
                continue;
            string[] rest = key[(at + piece.Length)..].Split('.'); // PEFT may put its name for the adapter first: lora_A.default.weight
            return rest is [Weight] or [{ Length: > 0 }, Weight] ? Of(key[..at], part) : null;
        }
        return null;
    }

    private static LoraKey? Of(string name, LoraPart part)
    {
        (string prefix, Func<string, string?> layerOf) = Dialects.First(
            dialect => name.StartsWith(dialect.Prefix, StringComparison.Ordinal));
        return layerOf(name[prefix.Length..]) is { } layer ? new LoraKey(layer, part) : null;
    }
}
