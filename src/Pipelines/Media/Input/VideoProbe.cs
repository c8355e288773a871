using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>What a video says about itself before a frame is decoded. Of a file with several video streams, it is the first.</summary>
/// <param name="Container">The kind of file, for people: <c>MP4 or QuickTime</c>.</param>
/// <param name="Width">Pixels, as shown: after <see cref="Rotation"/>.</param>
/// <param name="Height">Pixels, as shown: after <see cref="Rotation"/>.</param>
/// <param name="PixelFormat">ffmpeg's name for the stored pixels: <c>yuv420p</c>, <c>rgb24</c>.</param>
public sealed record VideoProbe(string Container, int Width, int Height, string PixelFormat)
{
    /// <summary>Frames a second, exactly, on average; null where nothing says (a folder of pictures).</summary>
    public Ratio? Rate { get; init; }

    /// <summary>
    /// How many frames are stored: what the file says, else counted; null where counting took too long. Fewer may come: an edit list (of
    /// MP4 and QuickTime) can leave some out at either end, and a file that is cut off ends with an error.
    /// </summary>
    public long? FrameCount { get; init; }

    /// <summary>How long it lasts; null where neither the file nor its rate says.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Degrees that <see cref="VideoReader"/> turns the stored frames by, clockwise, to be shown: 0, 90, 180, 270.</summary>
    public int Rotation { get; init; }

    /// <summary>Looks into a video file, or a folder of PNG files.</summary>
    /// <param name="path">Of the file or folder.</param> <param name="limits">What is read at most.</param>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    /// <exception cref="InputException">It can't be read, names other files, has no video, is damaged or too large.</exception>
    public static VideoProbe Of(string path, InputLimits? limits = null)
    {
        PathCheck.CheckArgument(path);
        limits ??= InputLimits.Default;
        if (Directory.Exists(path))
            return new PngFolderFrames(path, limits).Probe;
        var container = Media.Container.Of(path);
        if (FrameSource.Own(path, container, limits) is not { } own)
            return FfmpegProbe.Ask(path, container, FfmpegFrames.Program(path), limits);
        using (own)
            return own.Probe;
    }

    /// <summary>The time that so many frames take.</summary>
    internal static TimeSpan? Lasting(long? frames, Ratio? rate) => frames is { } count && rate is { } known
        ? SaneSeconds((double)count * known.Denominator / known.Numerator)
        : null;

    /// <summary>Seconds that a time can hold, else null.</summary>
    internal static TimeSpan? SaneSeconds(double seconds) =>
        seconds >= 0 && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(seconds) : null;

    internal static string Subject(string path) => $"The video {Quoted.Path(path)}";
}
