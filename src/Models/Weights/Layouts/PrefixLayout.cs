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

    public ITensorFile? Translate(ITensorFile file)
    {
        if (Telling.Select(name => PrefixOf(file, name)).FirstOrDefault(prefix => prefix is not null) is not { Length: > 0 } prefix)
            return null;
        var seen = new Dictionary<string, Translation>();
        foreach (string name in file.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            file.TryDescribe(name, out TensorInfo info);
            seen.Add(name[prefix.Length..], Translation.Whole(name, info));
        }
        return new TranslatedFile(file, seen);
    }

    // With its dot; empty where the name stands alone, null where it isn't there.
    private static string? PrefixOf(ITensorFile file, string telling)
    {
        if (file.TryDescribe(telling, out _))
            return "";
        return file.Names.FirstOrDefault(name => name.EndsWith("." + telling, StringComparison.Ordinal))?[..^telling.Length];
    }
}
