namespace CogVideoX.Pipelines.Media;

/// <summary>Where a <see cref="VideoReader"/>'s frames come from.</summary>
internal abstract class FrameSource(string subject) : IDisposable
{
    /// <summary>What messages are about: <c>The video 'clip.mp4'</c>.</summary>
    public string Subject { get; } = subject;

    public abstract VideoProbe Probe { get; }

    /// <summary>When the frames are shown, in seconds, rising; null where they come evenly, or nothing says.</summary>
    /// <param name="until">How much of the video is asked about; null for all of it.</param>
    public virtual double[]? Times(TimeSpan? until) => null;

    /// <param name="frame">[H,W,3]</param> <param name="cancellation">Ends the wait.</param>
    /// <returns>False after the last.</returns>
    public abstract bool Read(Span<byte> frame, CancellationToken cancellation);

    /// <summary>Passes over the next frame: what makes pixels of it may be left out, and need not be right.</summary>
    /// <inheritdoc cref="Read"/>
    /// <param name="scratch">[H,W,3], for whoever can't do without.</param> <param name="cancellation"/>
    public virtual bool Skip(Span<byte> scratch, CancellationToken cancellation) => Read(scratch, cancellation);

    public abstract void Dispose();
}
