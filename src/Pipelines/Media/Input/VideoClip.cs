namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Frames of a video as a model takes them: of one rate, count and size, held in 8 bits. What was done to the video to get them is
/// <see cref="Summary"/>, which whoever uses them shows.
/// </summary>
public sealed class VideoClip
{
    private readonly byte[][] frames;

    private VideoClip(byte[][] frames, PixelSize size, FrameRate? rate, string summary) =>
        (this.frames, Size, Rate, Summary) = (frames, size, rate, summary);

    /// <summary>Frames that are in memory already, as they are.</summary>
    /// <param name="frames">At least one, all of one size; the clip has their arrays, not copies.</param>
    /// <param name="rate">Frames a second; null where that isn't known.</param>
    /// <exception cref="ArgumentException">No frame, or frames of several sizes.</exception>
    public static VideoClip Of(IReadOnlyList<StillImage> frames, FrameRate? rate = null)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("There is no frame.", nameof(frames));
        if (frames.Contains(null!))
            throw new ArgumentException("One of the frames is null.", nameof(frames));
        PixelSize size = frames[0].Size;
        if (frames.FirstOrDefault(frame => frame.Size != size) is { } other)
            throw new ArgumentException($"There are frames of {size} and of {other.Size}; they need one size.", nameof(frames));
        return new VideoClip([.. frames.Select(frame => frame.Rgb24)], size, rate, $"{frames.Count} frames of {size}, as they are.");
    }

    public int Count => frames.Length;

    public PixelSize Size { get; }

    /// <summary>Frames a second; null where neither the options nor the video say.</summary>
    public FrameRate? Rate { get; }

    /// <summary>
    /// What was done, as one line: <c>The video 'a.mp4': took 49 of 240 frames, 8 of 30 a second, resized 1920×1080 to 853×480, cropped
    /// to 720×480.</c>
    /// </summary>
    public string Summary { get; }

    /// <summary>One frame in 8 bits, [H,W,3]; frames that repeat are the same array.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public ReadOnlyMemory<byte> FrameRgb24(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        return frames[index];
    }

    /// <summary>Opens a video file or a folder of PNG files (<see cref="VideoReader.Open"/>) and takes its frames.</summary>
    /// <param name="path">Of the file or folder.</param> <param name="options">What is made of it.</param>
    /// <param name="limits">What is read at most.</param> <param name="cancellation">Ends the reading.</param>
    /// <exception cref="ArgumentException">The text can't be a path, or an option makes no sense.</exception>
    /// <exception cref="InputException">It can't be read, is damaged, too large, or too short.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static VideoClip Load(
        string path, ClipOptions options, InputLimits? limits = null, CancellationToken cancellation = default)
    {
        using var reader = VideoReader.Open(path, limits);
        return Read(reader, options, cancellation);
    }

    /// <summary>A still picture as a clip of one frame.</summary>
    /// <param name="picture">It.</param> <param name="size">Of the frame; null for the picture's own.</param>
    /// <param name="fit">How the picture comes to that size.</param>
    /// <exception cref="InputException">It is so long and thin that nothing of it would be left.</exception>
    public static VideoClip Of(StillImage picture, PixelSize? size = null, ImageFit fit = ImageFit.Crop)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ImagePlacement placement = picture.PlacementIn(size ?? picture.Size, fit);
        string done = placement.ToString() is { Length: > 0 } fitting ? fitting : "taken as it is";
        return new VideoClip([picture.FittedTo(placement.To, fit).Rgb24], placement.To, null, $"{picture.Subject}: {done}.");
    }

    /// <summary>Opens whatever a path leads to: a video or a folder of PNG files, as <see cref="Load"/>, or a still picture.</summary>
    /// <inheritdoc cref="Load"/>
    /// <param name="path"/> <param name="options">Of a picture, size and fit count.</param>
    /// <param name="background">What shows through a picture where it is transparent; null leaves alpha out.</param>
    /// <param name="limits"/> <param name="cancellation"/>
    public static VideoClip LoadVideoOrPicture(
        string path, ClipOptions options, PictureBackground? background = null, InputLimits? limits = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return IsPicture(path)
            ? Of(StillImage.Load(path, background, limits), options.Size, options.Fit)
            : Load(path, options, limits, cancellation);
    }

    /// <summary>Whether a path leads to a still picture, by its first bytes; a GIF counts as a video.</summary>
    /// <exception cref="InputException">It isn't there, can't be read, or is empty.</exception>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    public static bool IsPicture(string path)
    {
        PathCheck.CheckArgument(path);
        return !Directory.Exists(path) && Container.IsPicture(path);
    }

    /// <summary>All frames, 0 to 1.</summary>
    public VideoFrames ToFrames()
    {
        int length = (int)Size.Rgb24Bytes;
        var pixels = new float[Count * length];
        for (int i = 0; i < Count; i++)
            Rgb24.ToUnit(frames[i], pixels.AsSpan(i * length, length));
        return new VideoFrames(pixels, Count, Size.Height, Size.Width);
    }

    /// <summary>Takes frames of a reader that has read nothing yet; it reads no further than the last of them.</summary>
    /// <inheritdoc cref="Load"/>
    /// <param name="reader">Stays open.</param> <param name="options"/> <param name="cancellation"/>
    public static VideoClip Read(VideoReader reader, ClipOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var plan = new ClipPlan(reader, options);
        var fitter = new PictureFitter(plan.Placement);
        var taken = new List<byte[]>();
        var frame = new byte[reader.FrameLength];
        long last = -1, held = 0;
        while (taken.Count < plan.Most)
        {
            long index = plan.Clock.IndexAt(taken.Count);
            if (index == FrameClock.None)
                break;
            if (index == last)
            {
                taken.Add(taken[^1]);
                continue;
            }
            while (reader.Position < index && reader.Skip(frame, cancellation))
            {
            }
            if (reader.Position < index || !reader.Read(frame, cancellation))
                break;
            byte[] fitted = fitter.Fit(frame);
            if (fitted == frame)
                frame = new byte[frame.Length];
            taken.Add(fitted);
            last = index;
            plan.CheckHeld(++held);
        }
        int count = plan.CountOf(taken.Count);
        return new VideoClip([.. taken.Take(count)], plan.Placement.To, plan.Rate, plan.Summary(count));
    }

    /// <summary>
    /// A clip of the size and count that <see cref="Read"/> will give, as far as the video says: for plans, which look at nothing else.
    /// It has no frames.
    /// </summary>
    /// <inheritdoc cref="Read"/>
    internal static VideoClip Expect(VideoReader reader, ClipOptions options)
    {
        var plan = new ClipPlan(reader, options);
        byte[][] frames = [.. Enumerable.Repeat(Array.Empty<byte>(), plan.Expected)];
        return new VideoClip(frames, plan.Placement.To, plan.Rate, plan.Summary(plan.Expected));
    }

    /// <summary>Writes frames as a model takes them.</summary>
    /// <param name="start">The first of them.</param> <param name="pixels">[F,H,W,3], −1 to 1: as many frames as it holds.</param>
    /// <exception cref="ArgumentException">It doesn't hold whole frames, or more than there are.</exception>
    public void CopySigned(int start, Span<float> pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        int length = (int)Size.Rgb24Bytes;
        if (pixels.Length % length != 0 || pixels.Length / length > Count - start)
        {
            throw new ArgumentException(
                $"{pixels.Length} numbers aren't whole frames of {length}, at most {Math.Max(Count - start, 0)}.", nameof(pixels));
        }
        for (int i = 0; i < pixels.Length / length; i++)
            Rgb24.ToSigned(frames[start + i], pixels.Slice(i * length, length));
    }
}
