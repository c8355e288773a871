namespace CogVideoX.Pipelines.Media;

/// <summary>What a picture or video may ask for at most: files come from anywhere, and their headers may claim anything.</summary>
public sealed record InputLimits
{
    /// <summary>Room for the largest pictures that cameras make (108 megapixels), and for 16K video.</summary>
    public static InputLimits Default { get; } = new();

    /// <summary>Pixels of a picture or frame.</summary>
    public long MostPixels { get; init; } = 1L << 27;

    /// <summary>Pixels of a side.</summary>
    public int MostPixelsASide { get; init; } = 1 << 15;

    /// <summary>Bytes of a still picture's file, which is read as a whole.</summary>
    public long MostPictureBytes { get; init; } = 1L << 28;

    /// <summary>Frames of a video.</summary>
    public long MostFrames { get; init; } = 1L << 20;

    /// <summary>Bytes of the frames of a <see cref="VideoClip"/>, which are held at once: room for 4096 of 720×480.</summary>
    public long MostClipBytes { get; init; } = 1L << 32;

    /// <summary>How long the next frame of a video may take.</summary>
    public TimeSpan LongestFrame { get; init; } = TimeSpan.FromSeconds(60);

    /// <param name="subject">What it is about, for the message: <c>The picture 'a.png'</c>.</param>
    /// <exception cref="InputException">It is larger than that, or has no size.</exception>
    internal void CheckSize(string subject, long width, long height)
    {
        if (width < 1 || height < 1)
        {
            throw new InputException(
                $"{subject} is said to be {width}×{height} pixels; there is nothing to show. Copy or download it again.");
        }
        if (width > MostPixelsASide || height > MostPixelsASide || width * height > Math.Min(MostPixels, Array.MaxLength / 3))
        {
            throw new InputException(
                $"{subject} is said to be {width}×{height} pixels; at most {MostPixelsASide} a side and {MostPixels} in all are read. "
                + "Make it smaller first.");
        }
    }
}
