namespace CogVideoX.Models.Configuration;

/// <summary>
/// Parts that come from elsewhere than a model's folder: each a file of weights, of any layout that is known, or a folder, of the part, of
/// a whole model, or of a SAT release. Null for those of the model's folder.
/// </summary>
internal sealed record PartPlaces
{
    /// <summary>All parts of the model's folder.</summary>
    public static PartPlaces None { get; } = new();

    /// <summary>The transformer's.</summary>
    public string? Transformer { get; init; }

    /// <summary>The VAE's.</summary>
    public string? Vae { get; init; }

    /// <summary>The text encoder's; the tokenizer stays that of the model's folder.</summary>
    public string? TextEncoder { get; init; }
}
