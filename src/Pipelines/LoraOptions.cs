using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>Which adapters a pipeline runs with, and how.</summary>
public sealed record LoraOptions
{
    /// <summary>Without any.</summary>
    public static LoraOptions None { get; } = new();

    /// <summary>Added together, in this order.</summary>
    public IReadOnlyList<Lora> Adapters { get; init; } = [];

    /// <summary>
    /// Whether they are merged into copies of the weights that they change: no more work a step, but those weights in memory. Otherwise
    /// they are computed beside the weights, which stay where they are.
    /// </summary>
    public bool Merge { get; init; }

    /// <summary>Whether keys that belong to no layer of the model are left out, with a note, rather than refused.</summary>
    public bool IgnoreUnmatched { get; init; }

    /// <summary>For a video's metadata; paths are kept as they are.</summary>
    internal IEnumerable<KeyValuePair<string, JsonNode?>> ToMetadata()
    {
        if (Adapters.Count == 0)
            yield break;
        yield return new(MetadataNames.Lora, new JsonArray([.. Adapters.Select(adapter => JsonValue.Create(adapter.ToString()))]));
        if (Merge)
            yield return new(MetadataNames.LoraMerge, true);
        if (IgnoreUnmatched)
            yield return new(MetadataNames.LoraIgnoreUnmatched, true);
    }

    /// <summary>The adapters that a video file names.</summary>
    /// <exception cref="FormatException">They are something else than texts, or a flag is none; the message names it.</exception>
    internal static LoraOptions From(GenerationMetadata metadata)
    {
        if (!metadata.Settings.TryGetValue(MetadataNames.Lora, out JsonNode? node) || node is null)
            return None;
        if (node is not JsonArray list)
            throw new FormatException($"'{MetadataNames.Lora}' is no list of texts");
        return new LoraOptions
        {
            Adapters = [.. list.Select(item => Lora.Parse((string)SettingValue.FromJson(typeof(string), MetadataNames.Lora, item)))],
            Merge = Flag(metadata, MetadataNames.LoraMerge),
            IgnoreUnmatched = Flag(metadata, MetadataNames.LoraIgnoreUnmatched),
        };
    }

    private static bool Flag(GenerationMetadata metadata, string name) => metadata.Settings.TryGetValue(name, out JsonNode? node)
        && node is not null && (bool)SettingValue.FromJson(typeof(bool), name, node);
}
