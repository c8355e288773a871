namespace CogVideoX.Pipelines.Media;

/// <summary>
/// What a video is made into before a model sees it. What isn't set stays as it is in the video: without any of it, all frames come in
/// their own size, each once.
/// </summary>
public sealed record ClipOptions
{
    /// <summary>All frames as they are, whatever sizes and counts the model was trained on.</summary>
    public static ClipOptions AnySize { get; } = new();

    /// <summary>Pixels of a frame.</summary>
    public PixelSize? Size { get; init; }

    /// <summary>How frames come to that size.</summary>
    public ImageFit Fit { get; init; } = ImageFit.Crop;

    /// <summary>Frames a second: for each, the frame of the video whose time is nearest is taken.</summary>
    public FrameRate? Rate { get; init; }

    /// <summary>Frames that are wanted, from the video's first on.</summary>
    public int? Count { get; init; }

    /// <summary>
    /// Which counts a model takes. Of a video that is too short for <see cref="Count"/>, or where none is given, the clip has the largest
    /// such count that the video has frames for.
    /// </summary>
    public Func<int, bool>? Allows { get; init; }

    /// <summary>Whether a video that is too short for <see cref="Count"/> is refused.</summary>
    public bool NeedsCount { get; init; }

    /// <summary>Frames a second of the video, where it doesn't say (a folder of pictures), or says it wrongly.</summary>
    public FrameRate? SourceRate { get; init; }
}
