namespace CogVideoX.Pipelines.Media;

/// <summary>WebM with VP9 4:2:0.</summary>
internal sealed class WebmFormat : CommentFormat
{
    public override string Extension => ".webm";

    public override string Description => "VP9, with ffmpeg";

    protected override string Muxer => "webm";

    internal override IReadOnlyList<FfmpegEncoder> Encoders { get; } =
        [new("libvpx-vp9", "-crf", "18", "-b:v", "0", "-row-mt", "1", "-deadline", "good", "-cpu-used", "2")];

    protected override string Filter(VideoShape shape) => $"{ToBt709},format=yuv420p";

    protected override IEnumerable<string> ContainerArguments(GenerationMetadata? metadata) =>
        [.. Bt709Tags, .. base.ContainerArguments(metadata)];
}
