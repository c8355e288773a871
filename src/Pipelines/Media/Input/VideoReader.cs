namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Reads the frames of a video one by one: of any file that ffmpeg reads; of Y4M files, animated PNGs and folders of PNG files without
/// it. No more than a few frames are held, whatever the video's length.
/// </summary>
public sealed class VideoReader : IDisposable
{
    private readonly FrameSource source;
    private readonly InputLimits limits;
    private byte[]? bytes;
    private (TimeSpan? Until, double[]? Times)? times;
    private bool isAtEnd, isDisposed;

    private VideoReader(FrameSource source, InputLimits limits) => (this.source, this.limits) = (source, limits);

    /// <summary>What the video says about itself.</summary>
    public VideoProbe Probe => source.Probe;

    /// <summary>What messages are about: <c>The video 'clip.mp4'</c>.</summary>
    internal string Subject => source.Subject;

    internal InputLimits Limits => limits;

    /// <summary>Whether the last frame has been read, and what comes behind it looked for.</summary>
    internal bool IsAtEnd => isAtEnd;

    /// <inheritdoc cref="FrameSource.Note"/>
    internal string? Note => source.Note;

    /// <inheritdoc cref="FrameSource.Times"/>
    internal double[]? Times(TimeSpan? until)
    {
        if (times is not { } known || known.Until != until)
            times = known = (until, source.Times(until)); // ffprobe may take a while
        return known.Times;
    }

    /// <summary>How many frames have been read.</summary>
    public long Position { get; private set; }

    /// <summary>Numbers in a frame [H,W,3].</summary>
    public int FrameLength => 3 * Probe.Height * Probe.Width;

    /// <summary>Opens a video file, or a folder of PNG files, which are frames in the order of their names' numbers.</summary>
    /// <param name="path">Of the file or folder.</param> <param name="limits">What is read at most.</param>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    /// <exception cref="InputException">It can't be read, names other files, has no video, is damaged or too large.</exception>
    public static VideoReader Open(string path, InputLimits? limits = null)
    {
        PathCheck.CheckArgument(path);
        limits ??= InputLimits.Default;
        if (Directory.Exists(path))
            return new(new PngFolderFrames(path, limits), limits);
        var container = Container.Of(path);
        return new(
            FrameSource.Own(path, container, limits) ?? new FfmpegFrames(path, container, FfmpegFrames.Program(path), limits), limits);
    }

    /// <summary>Reads the next frame as bytes.</summary>
    /// <param name="frame">[H,W,3], 0 to 255.</param> <param name="cancellation">Ends the wait for it.</param>
    /// <returns>False after the last frame.</returns>
    /// <exception cref="ArgumentException">The frame's length isn't <see cref="FrameLength"/>.</exception>
    /// <exception cref="InputException">The video is damaged, cut off, or longer than the limits.</exception>
    /// <exception cref="OperationCanceledException">
    /// Cancelled. Within a frame that ffmpeg decodes, nothing more can be read: it is thrown again.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The reader was disposed before.</exception>
    public bool Read(Span<byte> frame, CancellationToken cancellation = default) => Next(frame, isWanted: true, cancellation);

    /// <summary>Passes over the next frame, as <see cref="Read(Span{byte}, CancellationToken)"/> does but for its pixels.</summary>
    /// <param name="scratch">As long as a frame; what is in it afterwards means nothing.</param> <param name="cancellation"/>
    internal bool Skip(Span<byte> scratch, CancellationToken cancellation) => Next(scratch, isWanted: false, cancellation);

    private bool Next(Span<byte> frame, bool isWanted, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (frame.Length != FrameLength)
            throw new ArgumentException($"{frame.Length} bytes don't hold a frame of {FrameLength}.", nameof(frame));
        if (isAtEnd)
            return false;
        cancellation.ThrowIfCancellationRequested();
        if (!(isWanted ? source.Read(frame, cancellation) : source.Skip(frame, cancellation)))
        {
            isAtEnd = true;
            return false;
        }
        if (++Position > limits.MostFrames)
            throw new InputException($"{source.Subject} has more than {limits.MostFrames} frames, the most that are read. Cut it first.");
        return true;
    }

    /// <summary>Reads the next frame as floats.</summary>
    /// <param name="frame">[H,W,3], 0 to 1.</param> <param name="cancellation">Ends the wait for it.</param>
    /// <inheritdoc cref="Read(Span{byte}, CancellationToken)"/>
    public bool Read(Span<float> frame, CancellationToken cancellation = default)
    {
        bytes ??= new byte[FrameLength];
        if (frame.Length != FrameLength)
            throw new ArgumentException($"{frame.Length} numbers don't hold a frame of {FrameLength}.", nameof(frame));
        if (!Read(bytes.AsSpan(), cancellation))
            return false;
        for (int i = 0; i < frame.Length; i++)
            frame[i] = bytes[i] / 255f;
        return true;
    }

    /// <summary>The frames that are left, each an array of its own.</summary>
    /// <returns>[H,W,3], 0 to 255, each.</returns>
    /// <inheritdoc cref="Read(Span{byte}, CancellationToken)" path="/exception"/>
    public IEnumerable<byte[]> Frames(CancellationToken cancellation = default)
    {
        for (var frame = new byte[FrameLength]; Read(frame, cancellation); frame = new byte[FrameLength])
            yield return frame;
    }

    public void Dispose()
    {
        isDisposed = true;
        source.Dispose();
    }
}
