namespace CogVideoX.Pipelines.Media;

/// <summary>
/// A video file in the making. Frames go in one at a time; the file appears under its name only with <see cref="Complete"/>.
/// Disposed without it, or after an error, the sink leaves nothing behind.
/// </summary>
public abstract class VideoSink : IDisposable
{
    private int written;
    private bool ended;

    private protected VideoSink(OutputTarget target, VideoShape shape)
    {
        Target = target;
        Shape = shape;
    }

    /// <summary>Frames, size and rate of the file.</summary>
    public VideoShape Shape { get; }

    private protected OutputTarget Target { get; }

    /// <summary>
    /// Refuses what <see cref="Open"/> would refuse, and leaves no trace: for the plan, before anything heavy has run.
    /// </summary>
    /// <exception cref="OutputException">Unknown ending, existing file, missing or unwritable folder, no ffmpeg, …</exception>
    public static void Check(string path, VideoShape shape, GenerationMetadata? metadata = null, bool overwrite = false) =>
        Prepare(path, shape, metadata, overwrite);

    /// <summary>Starts a video; the name's ending chooses the format.</summary>
    /// <param name="path">A file, or a folder ending in <c>/</c>.</param>
    /// <param name="shape">How many frames will come, how large, how fast.</param>
    /// <param name="metadata">What the video is made from; null if that isn't known.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="OutputException">It can't be written there.</exception>
    public static VideoSink Open(string path, VideoShape shape, GenerationMetadata? metadata = null, bool overwrite = false) =>
        Started(Prepare(path, shape, metadata, overwrite));

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">[3,H,W] in [0,1]</param> <param name="cancellation">Ends the sink.</param>
    /// <exception cref="OutputException">The disk is full, ffmpeg failed, …; the sink has ended and left nothing behind.</exception>
    public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (frame.Length != Shape.FrameLength)
            throw new ArgumentException($"{frame.Length} values are not a frame [3,{Shape.Height},{Shape.Width}]", nameof(frame));
        if (written == Shape.Count)
            throw new InvalidOperationException($"the video has all its {Shape.Count} frames already");
        try
        {
            cancellation.ThrowIfCancellationRequested();
            WriteFrame(frame, written, cancellation);
            written++;
        }
        catch (Exception e)
        {
            GiveUp(e);
            throw;
        }
    }

    /// <summary>Finishes the file and gives it its name.</summary>
    /// <exception cref="OutputException">It couldn't be finished; nothing is left behind.</exception>
    public void Complete(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (written != Shape.Count)
            throw new InvalidOperationException($"{written} of {Shape.Count} frames have been written");
        Guard(() =>
        {
            cancellation.ThrowIfCancellationRequested();
            Finish(cancellation);
            Release();
            Target.Publish();
            ended = true;
        });
    }

    /// <summary>Ends the sink; without <see cref="Complete"/>, everything written so far is removed.</summary>
    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        Release();
        Target.Discard();
        GC.SuppressFinalize(this);
    }

    internal static VideoSink Started(VideoSink sink)
    {
        sink.Guard(sink.Start);
        return sink;
    }

    /// <summary>Opens files or processes and writes what stands before the first frame.</summary>
    private protected abstract void Start();

    private protected abstract void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation);

    /// <summary>Writes what stands behind the last frame.</summary>
    private protected abstract void Finish(CancellationToken cancellation);

    /// <summary>Lets go of files and processes, finished or not. Doesn't throw for what is only half written.</summary>
    private protected abstract void Release();

    private static VideoSink Prepare(string path, VideoShape shape, GenerationMetadata? metadata, bool overwrite)
    {
        var format = VideoFormats.ForPath(path);
        format.Check(path, shape, metadata);
        return format.CreateSink(new OutputTarget(path, format, overwrite), shape, metadata);
    }

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            GiveUp(e);
            throw;
        }
    }

    /// <summary>Removes everything, and says what the matter is in the user's terms where it can.</summary>
    private void GiveUp(Exception e)
    {
        Dispose();
        if (Target.Explain(e) is { } explained)
            throw explained;
    }
}
