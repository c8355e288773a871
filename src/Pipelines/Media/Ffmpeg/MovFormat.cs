namespace CogVideoX.Pipelines.Media;

/// <summary>QuickTime, for Apple's programs and editors.</summary>
internal sealed class MovFormat : IsoFormat
{
    public override string Extension => ".mov";

    public override string Description => "H.264 or ProRes in QuickTime, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } = [VideoCodec.H264, VideoCodec.H265, VideoCodec.ProRes];

    protected override string Muxer => "mov";
}
