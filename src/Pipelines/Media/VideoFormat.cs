namespace CogVideoX.Pipelines.Media;

/// <summary>One kind of video file: how it is written, and where in it the settings are kept.</summary>
public abstract class VideoFormat
{
    /// <summary>The ending that chooses this format: <c>.png</c>, or <c>/</c> for a folder.</summary>
    public abstract string Extension { get; }

    /// <summary>What the file is, in a few words for a list of choices.</summary>
    public abstract string Description { get; }

    /// <summary>Whether writing it takes the ffmpeg program.</summary>
    public virtual bool NeedsFfmpeg => false;

    /// <summary>Endings of further files that stand beside the video.</summary>
    internal virtual IReadOnlyList<string> Companions => [];

    internal virtual bool IsFolder => false;

    /// <summary>Refuses now what would fail after the video has been computed.</summary>
    internal virtual void Check(string path, VideoShape shape, GenerationMetadata? metadata) { }

    /// <summary>A sink that has touched nothing yet; <see cref="VideoSink.Start"/> does.</summary>
    internal abstract VideoSink CreateSink(OutputTarget target, VideoShape shape, GenerationMetadata? metadata);

    /// <returns>The JSON that was written with the video, or null if the file has none.</returns>
    /// <exception cref="FormatException">The file is not what its name says.</exception>
    internal abstract string? ReadMetadata(string path);
}
