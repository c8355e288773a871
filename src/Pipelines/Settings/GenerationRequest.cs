using System.Text.Json.Serialization;

namespace CogVideoX.Pipelines;

/// <summary>
/// What to make: settings, of which most may be left open, and latents to begin from. It names no files (<see cref="GenerationFiles"/>),
/// so that a server can bind it from JSON.
/// </summary>
public sealed record GenerationRequest : GenerationSettings
{
    /// <param name="prompt">What to show, in words.</param>
    public GenerationRequest(string prompt) => Prompt = prompt;

    /// <summary>Latents to begin from in place of seeded noise: [1, F, C, H, W] of the video's size.</summary>
    [JsonIgnore]
    public VideoLatents? InitLatents { get; init; }
}
