namespace CogVideoX.Pipelines.Media;

/// <summary>WebM, with VP9 4:2:0 unless asked otherwise.</summary>
internal sealed class WebmFormat : MatroskaFormat
{
    public override string Extension => ".webm";

    public override string Description => "VP9, with ffmpeg";

    public override IReadOnlyList<VideoCodec> Codecs { get; } = [VideoCodec.Vp9, VideoCodec.Av1];

    protected override string Muxer => "webm";
}
