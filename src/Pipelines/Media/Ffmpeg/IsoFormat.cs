using System.Globalization;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>MP4 and QuickTime files, which are built alike (ISO/IEC 14496-12).</summary>
internal abstract class IsoFormat : CommentFormat
{
    // Times are 32-bit numbers with a sign, and that of a frame is told from the one that it is stored behind: 16 away at most in H.264.
    private const long MostTicks = int.MaxValue, MostReordered = 16, LeastTicksASecond = 10_000;

    protected override string Demuxer => "mov";

    /// <summary>Whether the whole, too, has to be told in 32 bits.</summary>
    protected virtual bool IsCountedAsAWhole => false;

    internal override void Check(string path, VideoShape shape, VideoOptions options)
    {
        base.Check(path, shape, options);
        double frame = (double)shape.Rate.Denominator / shape.Rate.Numerator;
        long ticks = TicksAFrame(shape.Rate);
        if (ticks > MostTicks / MostReordered || (IsCountedAsAWhole && ticks * shape.Count > MostTicks))
        {
            throw new OutputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Quoted.Path(path)}: {shape.Count} frames of {frame:0.#} s each are longer than the clock of a {Extension} can tell; "
                + $"choose a higher rate, or use .mkv"));
        }
    }

    // ffmpeg's clock: the rate's numerator, doubled until it ticks often enough.
    private static long TicksAFrame(FrameRate rate)
    {
        long ticks = rate.Denominator;
        for (long aSecond = rate.Numerator; aSecond < LeastTicksASecond; aSecond *= 2)
            ticks *= 2;
        return ticks;
    }

    internal override bool Recognises(ReadOnlySpan<byte> start) => start.Length >= 8 && start[4..].StartsWith("ftyp"u8);

    // The index at the front, so that a browser plays while it loads. Apple's players know H.265 by this tag only.
    protected override IEnumerable<string> ContainerArguments(FfmpegEncoder encoder, GenerationMetadata? metadata) =>
        [
            .. base.ContainerArguments(encoder, metadata), "-movflags", "+faststart",
            .. encoder.Codec == VideoCodec.H265 ? ["-tag:v", "hvc1"] : Array.Empty<string>(),
        ];
}

/// <summary>
/// MP4, with H.264 4:2:0 unless asked otherwise, which plays everywhere. An odd width or height gets its last column or row twice.
/// </summary>
internal sealed class Mp4Format : IsoFormat
{
    public override string Extension => ".mp4";

    public override string Description => "H.264, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } = [VideoCodec.H264, VideoCodec.H265, VideoCodec.Vp9, VideoCodec.Av1];

    protected override string Muxer => "mp4";

    // Who didn't ask for H.264 gets its forerunner rather than nothing.
    internal override IReadOnlyList<FfmpegEncoder> EncodersFor(EncodingOptions encoding) =>
        encoding.Codec is null ? [.. base.EncodersFor(encoding), FfmpegEncoder.Mpeg4] : base.EncodersFor(encoding);
}

/// <summary>QuickTime, for Apple's programs and editors.</summary>
internal sealed class MovFormat : IsoFormat
{
    public override string Extension => ".mov";

    public override string Description => "H.264 or ProRes in QuickTime, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } = [VideoCodec.H264, VideoCodec.H265, VideoCodec.ProRes];

    protected override string Muxer => "mov";

    protected override bool IsCountedAsAWhole => true;
}
