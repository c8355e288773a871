using System.Text.Json.Nodes;
using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// Parts of a model that come from elsewhere than its folder: each a file of weights, of any layout that is known, or a folder, of the
/// part, of a whole model, or of a SAT release. Null for those of the model's folder.
/// </summary>
public sealed record PartSources
{
    /// <summary>All parts of the model's folder.</summary>
    public static PartSources None { get; } = new();

    /// <summary>The transformer's.</summary>
    public string? Transformer { get; init; }

    /// <summary>The VAE's.</summary>
    public string? Vae { get; init; }

    /// <summary>The text encoder's; the tokenizer stays that of the model's folder.</summary>
    public string? TextEncoder { get; init; }

    /// <summary>Each by its name, which is that of its option and in metadata.</summary>
    internal IEnumerable<(string Name, string? Place)> Named =>
        [(MetadataNames.Transformer, Transformer), (MetadataNames.Vae, Vae), (MetadataNames.TextEncoder, TextEncoder)];

    /// <summary>For the room below.</summary>
    internal PartPlaces Places => new() { Transformer = Transformer, Vae = Vae, TextEncoder = TextEncoder };

    /// <summary>The same under other paths.</summary>
    /// <param name="change">Of a name and a path.</param>
    internal PartSources With(Func<string, string, string> change)
    {
        return new PartSources
        {
            Transformer = Changed(MetadataNames.Transformer, Transformer),
            Vae = Changed(MetadataNames.Vae, Vae),
            TextEncoder = Changed(MetadataNames.TextEncoder, TextEncoder),
        };

        string? Changed(string name, string? place) => place is null ? null : change(name, place);
    }

    /// <summary>These, and where there is none, those of others.</summary>
    /// <param name="others">The others.</param>
    /// <param name="find">Where one of them is, of its name and its path: asked of those alone that are taken.</param>
    internal PartSources Or(PartSources others, Func<string, string, string> find)
    {
        PartSources open = others with
        {
            Transformer = Transformer is null ? others.Transformer : null,
            Vae = Vae is null ? others.Vae : null,
            TextEncoder = TextEncoder is null ? others.TextEncoder : null,
        };
        PartSources found = open.With(find);
        return new PartSources
        {
            Transformer = Transformer ?? found.Transformer,
            Vae = Vae ?? found.Vae,
            TextEncoder = TextEncoder ?? found.TextEncoder,
        };
    }

    /// <summary>Those that a video file names.</summary>
    /// <exception cref="FormatException">One is something else than a text; the message names it.</exception>
    internal static PartSources From(GenerationMetadata metadata)
    {
        return new PartSources
        {
            Transformer = Text(MetadataNames.Transformer),
            Vae = Text(MetadataNames.Vae),
            TextEncoder = Text(MetadataNames.TextEncoder),
        };

        string? Text(string name) => metadata.Settings.TryGetValue(name, out JsonNode? node) && node is not null
            ? (string)SettingValue.FromJson(typeof(string), name, node)
            : null;
    }
}
