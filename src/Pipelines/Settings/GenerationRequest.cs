using System.Text.Json.Serialization;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// What to make: settings, of which most may be left open, and a picture, a video or latents to begin from: what there is makes it text,
/// image or video to video. It names no files (<see cref="GenerationFiles"/>), so that a server can bind it from JSON.
/// </summary>
public sealed record GenerationRequest : GenerationSettings
{
    /// <param name="prompt">What to show, in words.</param>
    public GenerationRequest(string prompt) => Prompt = prompt;

    /// <summary>Latents to begin from in place of seeded noise: [1, F, C, H, W] of the video's size.</summary>
    [JsonIgnore]
    public VideoLatents? InitLatents { get; init; }

    /// <summary>
    /// Embeddings in place of a prompt, which is then the empty text: of a negative prompt, too, or that is a text as ever.
    /// </summary>
    [JsonIgnore]
    public TextEmbeddings? Embeds { get; init; }

    /// <summary>The picture that the video goes on from: models of image to video need one, others can't take it.</summary>
    [JsonIgnore]
    public StillImage? Image { get; init; }

    /// <summary>
    /// The video that another is made of: it gives size, count and rate where they are left open, and must have them where they aren't.
    /// </summary>
    [JsonIgnore]
    public VideoClip? Video { get; init; }

    /// <summary>
    /// A run to go on with rather than to begin: it has all settings, of which only those may be given others that decoding alone depends
    /// on, and what it began from.
    /// </summary>
    [JsonIgnore]
    public ResumeState? Resume { get; init; }

    /// <summary>Embeddings that are given, now or to the run that goes on.</summary>
    internal TextEmbeddings? GivenText => Resume is { } state ? state.Text : Embeds;
}
