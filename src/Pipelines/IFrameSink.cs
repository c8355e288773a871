using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// Takes the frames of a video as they are decoded: a file in the making (<see cref="VideoSink"/>), a connection, a window. It is
/// called on the thread that computes, which waits for it. What it throws ends the run (<see cref="SinkException"/>); finishing it is up to
/// who made it.
/// </summary>
public interface IFrameSink
{
    /// <summary>
    /// Called once, before anything heavy has run, so that a video that the sink can't take isn't computed first: what it throws comes out
    /// as it is. A run may still end between this and <see cref="Begin"/>.
    /// </summary>
    /// <param name="settings">What the video is made with; all decided.</param>
    /// <param name="shape">How many frames will come, how large, how fast they are to be seen.</param>
    void Expect(GenerationSettings settings, VideoShape shape) { }

    /// <summary>Called once, before the first frame.</summary>
    /// <param name="settings">What the video is made with; all decided.</param>
    /// <param name="shape">How many frames will come, how large, how fast they are to be seen.</param>
    void Begin(GenerationSettings settings, VideoShape shape) { }

    /// <summary>Called with each frame, in order.</summary>
    /// <param name="frame">[H, W, 3], RGB in 0 … 1; only until it returns.</param>
    /// <param name="cancellation">The run's.</param>
    void Write(ReadOnlySpan<float> frame, CancellationToken cancellation);
}
