using CogVideoX.Models.Configuration;

namespace CogVideoX.Models.Weights;

/// <summary>
/// Names of layers with underscores for points, as kohya's programs, VideoX-Fun and OneTrainer write them. They can't be split
/// (<c>attn1_to_out_0</c>), so they are looked up among the names that CogVideoX has.
/// </summary>
internal static class UnderscoreNames
{
    private const string FirstBlock = "transformer_blocks.0.";

    // One block, which all others are like, and what any model has beside its blocks.
    private static readonly Lazy<Dictionary<string, string>> Layers = new(() =>
    {
        ConfigFile oneBlock = ConfigFile.Parse("one block", """{"num_layers": 1, "ofs_embed_dim": 512}"""u8.ToArray());
        return LoraTargets.Of(TransformerConfig.Read(oneBlock)).Keys.ToDictionary(name => name.Replace('.', '_'));
    });

    /// <summary>The name with points, such as <c>transformer_blocks.3.attn1.to_out.0</c>; null where CogVideoX has no such layer.</summary>
    public static string? LayerOf(string name)
    {
        if (name.Split('_', 4) is not ["transformer", "blocks", { Length: > 0 } block, var rest])
            return Layers.Value.GetValueOrDefault(name);
        return Layers.Value.TryGetValue($"transformer_blocks_0_{rest}", out string? first)
            ? $"transformer_blocks.{block}.{first[FirstBlock.Length..]}"
            : null;
    }
}
