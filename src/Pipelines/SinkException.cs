namespace CogVideoX.Pipelines;

/// <summary>The sink of a run failed, and the run ended. What was computed isn't lost: the latents are here.</summary>
/// <param name="message">What the sink said.</param>
/// <param name="latents">What the frames were being decoded from.</param>
/// <param name="inner">What the sink threw.</param>
public sealed class SinkException(string message, VideoLatents latents, Exception inner) : CogVideoXException(message, inner)
{
    /// <summary>What the frames were being decoded from; <see cref="VideoDecoder"/> makes them again.</summary>
    public VideoLatents Latents { get; } = latents;
}
