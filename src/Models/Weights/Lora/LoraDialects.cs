using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Weights;

/// <summary>Recognises, by the names of tensors, adapters that aren't read: other methods, other programs' names, other models.</summary>
internal static class LoraDialects
{
    private const string Plain = "Use a plain LoRA, or merge this one into the model with the program that made it.";
    private const string Layouts = "LoRAs are read in the layouts of diffusers, PEFT, kohya, VideoX-Fun, ComfyUI and SAT.";

    // A piece of a name, and what has such names. All of them change weights by more, or by something else, than factor · B·A.
    private static readonly (string Piece, string What)[] Methods =
    [
        ("lora_magnitude_vector", "DoRA"),
        ("dora_scale", "DoRA"),
        (".hada_", "LoHa"),
        (".lokr_", "LoKr"),
        (".oft_", "OFT"),
        (".boft_", "BOFT"),
        (".vera_", "VeRA"),
        (".ia3_", "IA3"),
        (".lora_E", "AdaLoRA"),
        (".lora_mid.", "LoCon with a third factor (lora_mid)"),
        (".lora_embedding_", "a LoRA of embeddings (lora_embedding_A)"),
        (".lora_B.bias", "a LoRA with biases (lora_bias)"),
    ];

    // The same with points for underscores, as some programs write them.
    private static readonly (string Piece, string What)[] Architectures =
    [
        ("down.blocks.", "a UNet, such as Stable Diffusion's or AnimateDiff's"),
        ("up.blocks.", "a UNet, such as Stable Diffusion's or AnimateDiff's"),
        ("mid.block.", "a UNet, such as Stable Diffusion's or AnimateDiff's"),
        ("input.blocks.", "a UNet, such as Stable Diffusion's"),
        ("single.transformer.blocks.", "Flux or HunyuanVideo"),
        ("double.blocks.", "Flux or HunyuanVideo"),
        ("single.blocks.", "Flux or HunyuanVideo"),
        ("joint.blocks.", "Stable Diffusion 3"),
        (".self.attn.", "Wan"),
        (".cross.attn.", "Wan"),
        (".attn2.", "a transformer with cross attention, such as LTX-Video"),
        (".attn.", "another transformer, such as Stable Diffusion 3's or Mochi"),
    ];

    public static bool IsOfTextEncoder(string key) =>
        key.StartsWith("text_encoder", StringComparison.Ordinal) || key.StartsWith("lora_te", StringComparison.Ordinal);

    /// <summary>Why a file with such names is refused whatever else is in it, as sentences; null where nothing speaks against it.</summary>
    public static string? Method(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            foreach ((string piece, string what) in Methods)
            {
                if (key.Contains(piece, StringComparison.Ordinal))
                    return $"this is {what}, of which {Quoted.Name(key)} is a part; without it the results would be others. {Plain}";
            }
        }
        return null;
    }

    /// <summary>What a file is in which nothing could be read, as sentences.</summary>
    public static string Unreadable(IReadOnlyCollection<string> keys)
    {
        if (keys.Count == 0)
            return "there are no tensors in it. Download it again.";
        string first = Quoted.Name(keys.First());
        if (keys.All(IsOfTextEncoder))
            return $"it changes the text encoder alone ({first}), which isn't supported; nothing of it would be applied.";
        if (Architecture(keys) is { } architecture)
            return $"it was made for {architecture} ({first}), not for CogVideoX.";
        if (keys.FirstOrDefault(SatNames.IsHalf) is { } half)
        {
            return $"its names are those of the original training code, SAT ({Quoted.Name(half)}), but of layers that aren't known. "
                + Layouts;
        }
        return keys.Any(key => key.StartsWith("lora_", StringComparison.Ordinal))
            ? $"no layer of CogVideoX has one of its names ({first}); it was made for another model."
            : $"it holds no LoRA: {Quoted.Names(keys)}. {Layouts}";
    }

    /// <summary>Which model names of layers tell of that CogVideoX doesn't have; null where they tell of none.</summary>
    public static string? Architecture(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            string pointed = key.Replace('_', '.');
            foreach ((string piece, string what) in Architectures)
            {
                if (pointed.Contains(piece, StringComparison.Ordinal))
                    return what;
            }
        }
        return null;
    }
}
