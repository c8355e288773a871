namespace CogVideoX.Pipelines.Media;

/// <summary>Matroska and WebM, which is a part of it (RFC 9559).</summary>
internal abstract class MatroskaFormat : CommentFormat
{
    private static ReadOnlySpan<byte> Ebml => [0x1A, 0x45, 0xDF, 0xA3];

    protected override string Demuxer => "matroska";

    internal override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith(Ebml);
}

/// <summary>Matroska, which holds every codec.</summary>
internal sealed class MkvFormat : MatroskaFormat
{
    public override string Extension => ".mkv";

    public override string Description => "H.264 in Matroska, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } =
        [VideoCodec.H264, VideoCodec.H265, VideoCodec.Vp9, VideoCodec.Av1, VideoCodec.ProRes];

    protected override string Muxer => "matroska";
}

/// <summary>WebM, with VP9 4:2:0 unless asked otherwise.</summary>
internal sealed class WebmFormat : MatroskaFormat
{
    public override string Extension => ".webm";

    public override string Description => "VP9, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } = [VideoCodec.Vp9, VideoCodec.Av1];

    protected override string Muxer => "webm";
}
