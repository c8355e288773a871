namespace CogVideoX.Pipelines;

/// <summary>What the files are called that a run began from, for metadata; null where there was none.</summary>
public sealed record RunInputs
{
    /// <summary>No file.</summary>
    public static RunInputs None { get; } = new();

    /// <summary>Latents in place of seeded noise.</summary>
    public string? InitLatents { get; init; }

    /// <summary>Embeddings in place of a prompt.</summary>
    public string? Embeds { get; init; }

    /// <summary>The picture that the video goes on from.</summary>
    public string? Image { get; init; }

    /// <summary>The video that another is made of.</summary>
    public string? Video { get; init; }

    /// <summary>The colour behind a transparent picture, as <see cref="Media.PictureBackground.ToString"/> writes it.</summary>
    public string? Background { get; init; }

    /// <summary>A checksum of all these files, by which a change is noticed when the run is repeated; null where there is none.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Each with its name in metadata.</summary>
    internal IEnumerable<(string Name, string? Value)> Named =>
    [
        (MetadataNames.Embeds, Embeds), (MetadataNames.InitLatents, InitLatents), (MetadataNames.Image, Image),
        (MetadataNames.Video, Video), (MetadataNames.Background, Background), (MetadataNames.InputsSha256, Sha256),
    ];
}
