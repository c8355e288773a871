namespace CogVideoX.Pipelines.Media;

/// <summary>MP4 with H.264 4:2:0, which plays everywhere. An odd width or height gets its last column or row twice.</summary>
internal sealed class Mp4Format : CommentFormat
{
    public override string Extension => ".mp4";

    public override string Description => "H.264, with ffmpeg";

    protected override string Muxer => "mp4";

    internal override IReadOnlyList<FfmpegEncoder> Encoders { get; } =
    [
        new("libx264", "-preset", "medium", "-crf", "17"),
        new("libopenh264", "-b:v", "8M"),
        new("mpeg4", "-q:v", "2"),
    ];

    protected override string Filter(VideoShape shape)
    {
        var (right, bottom) = (shape.Width % 2, shape.Height % 2);
        string even = right + bottom == 0
            ? ""
            : $",format=yuv444p,pad=iw+{right}:ih+{bottom},fillborders=right={right}:bottom={bottom}:mode=smear";
        return $"{ToBt709}{even},format=yuv420p";
    }

    // The index at the front, so that a browser plays while it loads.
    protected override IEnumerable<string> ContainerArguments(GenerationMetadata? metadata) =>
        [.. Bt709Tags, "-movflags", "+faststart", .. base.ContainerArguments(metadata)];
}
