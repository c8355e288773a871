namespace CogVideoX.Pipelines.Media;

/// <summary>
/// A video file in the making. Frames go in one at a time; the file appears under its name only with <see cref="Complete"/>.
/// Disposed without it, or after an error, the sink leaves nothing behind.
/// </summary>
public abstract class VideoSink : IFrameSink, IDisposable
{
    private readonly IVideoTarget target;
    private readonly IProgress<(int Done, int Total)>? progress;
    private int taken;
    private int done;
    private bool ended;

    private protected VideoSink(IVideoTarget target, VideoShape shape, VideoOptions options)
    {
        this.target = target;
        Shape = shape;
        progress = options.Progress;
    }

    /// <summary>Frames, size and rate of the file.</summary>
    public VideoShape Shape { get; }

    /// <summary>Where the video is, in full, once <see cref="Complete"/> has returned; null before, and for a stream.</summary>
    public string? Location { get; private set; }

    /// <summary>
    /// Refuses what <see cref="Open(string, VideoShape, GenerationMetadata?, bool)"/> would refuse, and leaves no trace: for the plan,
    /// before anything heavy has run.
    /// </summary>
    /// <exception cref="OutputException">Unknown ending, existing file, missing or unwritable folder, no ffmpeg, …</exception>
    public static void Check(string path, VideoShape shape, GenerationMetadata? metadata = null, bool overwrite = false) =>
        Check(path, shape, VideoOptions.From(metadata, overwrite));

    /// <inheritdoc cref="Check(string, VideoShape, GenerationMetadata?, bool)"/>
    public static void Check(string path, VideoShape shape, VideoOptions options) => Prepare(path, shape, options);

    /// <summary>Starts a video; the name's ending chooses the format.</summary>
    /// <param name="path">A file, or a folder ending in <c>/</c>.</param>
    /// <param name="shape">How many frames will come, how large, how fast.</param>
    /// <param name="metadata">What the video is made from; null if that isn't known.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="OutputException">It can't be written there.</exception>
    public static VideoSink Open(string path, VideoShape shape, GenerationMetadata? metadata = null, bool overwrite = false) =>
        Open(path, shape, VideoOptions.From(metadata, overwrite));

    /// <inheritdoc cref="Open(string, VideoShape, GenerationMetadata?, bool)"/>
    /// <param name="options">Everything else about it.</param>
    public static VideoSink Open(string path, VideoShape shape, VideoOptions options) => Started(Prepare(path, shape, options));

    /// <summary>
    /// Starts a video as YUV4MPEG2 to a stream, such as a pipe to another program. The stream stays open; settings don't go into it.
    /// (.NET's console stream doesn't tell when its reader has gone: open standard output as a <see cref="FileStream"/> on its handle.)
    /// </summary>
    /// <param name="output">Written to from front to back.</param>
    /// <param name="shape">How many frames will come, how large, how fast.</param>
    /// <param name="progress">Told how many frames are written, and how many there are in all.</param>
    /// <exception cref="OutputException">The stream takes nothing: its reader has gone, the disk behind it is full.</exception>
    public static VideoSink OpenY4m(Stream output, VideoShape shape, IProgress<(int Done, int Total)>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(shape);
        return Started(new Y4mStreamSink(output, shape, new VideoOptions { Progress = progress }));
    }

    /// <summary>Refuses a video of another size or count. How fast it is seen is up to who opened the file.</summary>
    /// <exception cref="RequestException">Another size or count, or a sink that has frames already or has ended.</exception>
    public void Expect(GenerationSettings settings, VideoShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        string? problem = ended ? "it has ended already; open another"
            : taken > 0 ? $"it has frames already; open another"
            : (shape.Count, shape.Height, shape.Width) != (Shape.Count, Shape.Height, Shape.Width)
                ? $"it was opened for {Describe(Shape)}, and the video has {Describe(shape)}; open it with the plan's shape"
            : null;
        if (problem is not null)
            throw new RequestException("sink", $"{problem}.");

        static string Describe(VideoShape video) => $"{video.Count} frame{(video.Count == 1 ? "" : "s")} of {video.Width}×{video.Height}";
    }

    /// <inheritdoc cref="Expect"/>
    public void Begin(GenerationSettings settings, VideoShape shape) => Expect(settings, shape);

    /// <summary>Appends a frame.</summary>
    /// <param name="frame">[H,W,3] in [0,1]</param> <param name="cancellation">Ends the sink.</param>
    /// <exception cref="OutputException">The disk is full, ffmpeg failed, …; the sink has ended and left nothing behind.</exception>
    public void Write(ReadOnlySpan<float> frame, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (frame.Length != Shape.FrameLength)
            throw new ArgumentException($"{frame.Length} values are not a frame [{Shape.Height},{Shape.Width},3]", nameof(frame));
        if (taken == Shape.Count)
            throw new InvalidOperationException($"the video has all its {Shape.Count} frames already");
        try
        {
            cancellation.ThrowIfCancellationRequested();
            WriteFrame(frame, taken, cancellation);
            taken++;
        }
        catch (Exception e)
        {
            GiveUp(e);
            throw;
        }
    }

    /// <summary>Finishes the file and gives it its name, which is then in <see cref="Location"/>.</summary>
    /// <exception cref="OutputException">It couldn't be finished; nothing is left behind.</exception>
    public void Complete(CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(ended, this);
        if (taken != Shape.Count)
            throw new InvalidOperationException($"{taken} of {Shape.Count} frames have been written");
        Guard(() =>
        {
            cancellation.ThrowIfCancellationRequested();
            Finish(cancellation);
            Release();
            Location = target.Publish();
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
        target.Discard();
        GC.SuppressFinalize(this);
    }

    internal static VideoSink Started(VideoSink sink)
    {
        sink.Guard(() =>
        {
            sink.target.Begin();
            sink.Start();
        });
        return sink;
    }

    /// <summary>Opens files or processes and writes what stands before the first frame.</summary>
    private protected abstract void Start();

    /// <summary>Takes a frame; <see cref="FrameIsDone"/> is called when it is written, here or later.</summary>
    private protected abstract void WriteFrame(ReadOnlySpan<float> frame, int index, CancellationToken cancellation);

    /// <summary>Writes what stands behind the last frame.</summary>
    private protected abstract void Finish(CancellationToken cancellation);

    /// <summary>Lets go of files and processes, finished or not. Doesn't throw for what is only half written.</summary>
    private protected abstract void Release();

    private protected void FrameIsDone() => progress?.Report((++done, Shape.Count));

    private static VideoSink Prepare(string path, VideoShape shape, VideoOptions options)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(options);
        if (!Enum.IsDefined(options.WhenTaken))
            throw new ArgumentOutOfRangeException(nameof(options), options.WhenTaken, "there is no such choice");
        ArgumentOutOfRangeException.ThrowIfNegative(options.Threads);
        var format = VideoFormats.ForPath(path);
        format.Check(path, shape, options);
        return format.CreateSink(new OutputTarget(path, format, options), shape, options);
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
        if (target.Explain(e) is { } explained)
            throw explained;
    }
}
