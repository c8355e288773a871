using CogVideoX.Tensors.Safetensors;

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

    /// <summary>The codecs that it can be written with, its default first; none where there is no choice.</summary>
    public virtual IReadOnlyList<VideoCodec> Codecs => [];

    /// <summary>Whether <see cref="EncodingOptions.Quality"/> means anything to it.</summary>
    public virtual bool TakesQuality => false;

    /// <summary>Endings of further files that stand beside the video.</summary>
    internal virtual IReadOnlyList<string> Companions => [];

    internal virtual bool IsFolder => false;

    /// <summary>What will look other than asked, as a sentence for the user; null where nothing does.</summary>
    /// <param name="shape">Of the video.</param> <param name="encoding">As it will be written with.</param>
    public virtual string? Note(VideoShape shape, EncodingOptions? encoding = null) => null;

    /// <summary>Refuses now what would fail after the video has been computed.</summary>
    internal virtual void Check(string path, VideoShape shape, VideoOptions options) => CheckEncoding(path, options.Encoding);

    /// <summary>A sink that has touched nothing yet; <see cref="VideoSink.Start"/> does.</summary>
    internal abstract VideoSink CreateSink(OutputTarget target, VideoShape shape, VideoOptions options);

    /// <summary>Whether a file that begins so is of this kind.</summary>
    internal virtual bool Recognises(ReadOnlySpan<byte> start) => false;

    /// <returns>The JSON that was written with the video, or null if the file has none.</returns>
    /// <exception cref="FormatException">The file is not what it seems.</exception>
    internal abstract string? ReadMetadata(string path);

    private void CheckEncoding(string path, EncodingOptions encoding)
    {
        if (encoding.Codec is { } codec && !Codecs.Contains(codec))
        {
            string able = EndingsWhere(format => format.Codecs.Contains(codec));
            throw new OutputException($"{Quoted.Path(path)}: {WrongCodec(codec)}; {able} can")
            {
                Property = nameof(EncodingOptions.Codec),
            };
        }
        if (encoding.Quality is { } && !TakesQuality)
        {
            throw new OutputException(
                $"{Quoted.Path(path)}: {Extension} has no quality to choose; {EndingsWhere(format => format.TakesQuality)} have")
            {
                Property = nameof(EncodingOptions.Quality),
            };
        }
        if (encoding.Quality is < 1 or > EncodingOptions.BestQuality)
        {
            throw new OutputException(
                $"{Quoted.Path(path)}: a quality of {encoding.Quality} isn't possible; "
                + $"choose from 1 to {EncodingOptions.BestQuality} (best)")
            {
                Property = nameof(EncodingOptions.Quality),
            };
        }
    }

    private string WrongCodec(VideoCodec codec) => $"{Extension} can't hold {codec.DisplayName()}"
        + (Codecs.Count == 0 ? "" : $", only {string.Join(", ", Codecs.Select(known => known.DisplayName()))}");

    private static string EndingsWhere(Predicate<VideoFormat> isSo) =>
        string.Join(", ", VideoFormats.All.Where(format => isSo(format)).Select(format => format.Extension));
}
