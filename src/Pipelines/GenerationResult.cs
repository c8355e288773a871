using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>A finished run.</summary>
/// <param name="Video">The frames.</param>
/// <param name="Latents">What the frames were decoded from.</param>
/// <param name="Settings">What they were made with.</param>
/// <param name="Times">What each stage took.</param>
public sealed record GenerationResult(VideoFrames Video, VideoLatents Latents, GenerationSettings Settings, IReadOnlyList<StageTime> Times)
{
    /// <summary>Why the file of <see cref="GenerationRequest.SaveLatents"/> couldn't be written; null where it was, or wasn't asked for.</summary>
    public string? LatentsProblem { get; init; }
}
