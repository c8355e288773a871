namespace CogVideoX.Pipelines.Media;

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
