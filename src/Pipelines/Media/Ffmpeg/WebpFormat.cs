namespace CogVideoX.Pipelines.Media;

/// <summary>Looping animated WebP at quality 90. Settings in an XMP chunk, which ffmpeg doesn't write.</summary>
internal sealed class WebpFormat : FfmpegFormat
{
    public override string Extension => ".webp";

    public override string Description => "animated WebP, with ffmpeg";

    protected override string Muxer => "webp";

    // The first joins equal frames and stores differences; the second stores each frame whole.
    internal override IReadOnlyList<FfmpegEncoder> Encoders { get; } =
        [new("libwebp_anim", "-quality", "90"), new("libwebp", "-quality", "90")];

    // WebP's YCbCr is BT.601 by its specification, which is also what ffmpeg takes where nothing is said.
    protected override string Filter(VideoShape shape) =>
        "scale=out_color_matrix=bt601:out_range=limited:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=yuv420p";

    internal override void FinishFile(string path, VideoShape shape, GenerationMetadata? metadata)
    {
        if (metadata is not null)
            WebpXmp.Append(path, metadata.ToJson(), shape);
    }

    internal override string? ReadMetadata(string path) => WebpXmp.Read(path);

    protected override IEnumerable<string> ContainerArguments(GenerationMetadata? metadata) => ["-loop", "0"];
}
