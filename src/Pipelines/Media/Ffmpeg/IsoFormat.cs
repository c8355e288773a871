namespace CogVideoX.Pipelines.Media;

/// <summary>MP4 and QuickTime files, which are built alike (ISO/IEC 14496-12).</summary>
internal abstract class IsoFormat : CommentFormat
{
    protected override string Demuxer => "mov";

    internal override bool Recognises(ReadOnlySpan<byte> start) => start.Length >= 8 && start[4..].StartsWith("ftyp"u8);

    // The index at the front, so that a browser plays while it loads. Apple's players know H.265 by this tag only.
    protected override IEnumerable<string> ContainerArguments(FfmpegEncoder encoder, GenerationMetadata? metadata) =>
        [
            .. base.ContainerArguments(encoder, metadata), "-movflags", "+faststart",
            .. encoder.Codec == VideoCodec.H265 ? ["-tag:v", "hvc1"] : Array.Empty<string>(),
        ];
}
