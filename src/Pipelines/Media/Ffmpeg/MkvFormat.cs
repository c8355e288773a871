namespace CogVideoX.Pipelines.Media;

/// <summary>Matroska, which holds every codec.</summary>
internal sealed class MkvFormat : MatroskaFormat
{
    public override string Extension => ".mkv";

    public override string Description => "H.264 in Matroska, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } =
        [VideoCodec.H264, VideoCodec.H265, VideoCodec.Vp9, VideoCodec.Av1, VideoCodec.ProRes];

    protected override string Muxer => "matroska";
}
