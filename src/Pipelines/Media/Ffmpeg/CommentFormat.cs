using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>A container in which ffmpeg keeps our settings, as its comment.</summary>
internal abstract class CommentFormat : FfmpegFormat
{
    // Windows takes 32,767 characters of command line in all, Linux 131,072 an argument.
    private const int LongestComment = 30_000;

    public override bool TakesQuality => true;

    /// <summary>ffmpeg's name for the reader of the container: were it to guess, a file could be a list of other files.</summary>
    protected abstract string Demuxer { get; }

    public override string? Note(VideoShape shape, EncodingOptions? encoding = null)
    {
        bool isEven = shape.Width % 2 == 0 && shape.Height % 2 == 0;
        return isEven || EncodersFor(encoding ?? new())[0].TakesOddSizes
            ? null
            : $"{Extension} takes even sizes only: the last column or row of {shape.Width}×{shape.Height} stands there twice.";
    }

    internal override void Check(string path, VideoShape shape, VideoOptions options)
    {
        base.Check(path, shape, options);
        if (options.Metadata?.ToJson().Length > LongestComment)
        {
            throw new OutputException(
                $"{Quoted.Path(path)}: prompt and settings are too long for the comment of a {Extension} file; "
                + $"shorten them, or use {WithoutFfmpeg}");
        }
    }

    internal override IReadOnlyList<FfmpegEncoder> EncodersFor(EncodingOptions encoding) => FfmpegEncoder.Of(encoding.Codec ?? Codecs[0]);

    internal override string? ReadMetadata(string path)
    {
        var ffmpeg = FfmpegProgram.Find()
            ?? throw new FormatException(
                $"the settings in a {Extension} file are read by the ffmpeg program, which isn't on PATH; install it");
        return ffmpeg.ReadComment(path, Demuxer);
    }

    protected override string Filter(VideoShape shape, FfmpegEncoder encoder)
    {
        var (right, bottom) = encoder.TakesOddSizes ? (0, 0) : (shape.Width % 2, shape.Height % 2);
        string even = right + bottom == 0
            ? ""
            : $",format=yuv444p,pad=iw+{right}:ih+{bottom},fillborders=right={right}:bottom={bottom}:mode=smear";
        return $"{ToBt709}{even},format={encoder.PixelFormat},{TagAsBt709}";
    }

    protected override IEnumerable<string> ContainerArguments(FfmpegEncoder encoder, GenerationMetadata? metadata) =>
        metadata is null ? Bt709Tags : [.. Bt709Tags, "-metadata", "comment=" + metadata.ToJson()];
}
