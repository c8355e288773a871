using CogVideoX.Tensors.Files;

namespace CogVideoX.Models.Weights.Layouts;

/// <summary>
/// A transformer's names behind a prefix, as files for ComfyUI and files with several models in them have them. What is behind no prefix
/// is another model's, and isn't seen.
/// </summary>
internal sealed class PrefixLayout : IWeightLayout
{
    // Names that each transformer of CogVideoX has, in SAT's layout and in Hugging Face's; the first ends in the second.
    private static readonly string[] Telling = ["mixins.patch_embed.proj.weight", "patch_embed.proj.weight"];

    public string Name => "names behind a prefix, as ComfyUI has them";

    public ITensorFile? Translate(ITensorFile file)
    {
        string? prefix = Telling.Select(name => PrefixOf(file, name)).FirstOrDefault(prefix => prefix is not null);
        return prefix is { Length: > 0 } ? TranslatedFile.Below(file, prefix) : null;
    }

    // With its dot; empty where the name stands alone, null where it isn't there.
    private static string? PrefixOf(ITensorFile file, string telling)
    {
        if (file.TryDescribe(telling, out _))
            return "";
        return file.Names.FirstOrDefault(name => name.EndsWith("." + telling, StringComparison.Ordinal))?[..^telling.Length];
    }
}
