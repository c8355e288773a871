using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>Where a <see cref="VideoReader"/>'s frames come from.</summary>
internal abstract class FrameSource(string subject) : IDisposable
{
    /// <summary>What messages are about: <c>The video 'clip.mp4'</c>.</summary>
    public string Subject { get; } = subject;

    public abstract VideoProbe Probe { get; }

    /// <summary>The frames of a file that is read without ffmpeg; null where it is another.</summary>
    /// <exception cref="InputException">It can't be read, is damaged or too large.</exception>
    public static FrameSource? Own(string path, Container container, InputLimits limits) => container.Demuxer switch
    {
        Y4mFrames.Demuxer => new Y4mFrames(path, limits),
        AnimatedPngFrames.Demuxer => new AnimatedPngFrames(path, limits),
        _ => null,
    };

    /// <summary>What somebody should know of them, as a sentence; null where there is nothing.</summary>
    public virtual string? Note => null;

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

    /// <exception cref="InputException">It can't be read.</exception>
    protected static FileStream Opened(string subject, string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{subject} can't be read: {Quoted.Line(exception.Message)}", exception);
        }
    }
}
