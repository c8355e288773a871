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
    private const string Weight = "weight";

    // diffusers, PEFT, and what ComfyUI writes.
    private static readonly string[] Prefixes = ["transformer.", "base_model.model.", "diffusion_model."];

    private static readonly (string Piece, LoraPart Part)[] Pieces =
    [
        (".lora_A.", LoraPart.A), (".lora_B.", LoraPart.B),
        (".lora.down.", LoraPart.A), (".lora.up.", LoraPart.B),
        (".lora_down.", LoraPart.A), (".lora_up.", LoraPart.B),
    ];

    /// <summary>Takes a name apart; null where it is none of a layer of a transformer with dots between its names.</summary>
    public static LoraKey? Parse(string key)
    {
        if (LoraDialects.IsOfTextEncoder(key) || LoraDialects.HasUnderscoreNames(key))
            return null;
        if (key.EndsWith(".alpha", StringComparison.Ordinal))
            return new LoraKey(ModuleOf(key[..^".alpha".Length]), LoraPart.Alpha);
        foreach ((string piece, LoraPart part) in Pieces)
        {
            int at = key.IndexOf(piece, StringComparison.Ordinal);
            if (at <= 0)
                continue;
            string[] rest = key[(at + piece.Length)..].Split('.'); // PEFT may put its name for the adapter first: lora_A.default.weight
            return rest is [Weight] or [{ Length: > 0 }, Weight] ? new LoraKey(ModuleOf(key[..at]), part) : null;
        }
        return null;
    }

    private static string ModuleOf(string name)
    {
        foreach (string prefix in Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
                return name[prefix.Length..];
        }
        return name;
    }
}
