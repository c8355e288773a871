namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Looping GIF with one palette for the whole video. Its delays count hundredths of a second, so that a frame may stand 5 ms
/// longer or shorter than the rate says; the sum is right. Settings in a comment extension, which ffmpeg doesn't write.
/// </summary>
internal sealed class GifFormat : FfmpegFormat
{
    public override string Extension => ".gif";

    public override string Description => "looping GIF, with ffmpeg";

    protected override string Muxer => "gif";

    internal override IReadOnlyList<FfmpegEncoder> Encoders { get; } = [new("gif")];

    protected override string Filter(VideoShape shape) =>
        "split[frames][sample];[sample]palettegen[palette];[frames][palette]paletteuse=dither=sierra2_4a";

    internal override void FinishFile(string path, VideoShape shape, GenerationMetadata? metadata)
    {
        if (metadata is not null)
            GifComment.Append(path, metadata.ToJson());
    }

    internal override string? ReadMetadata(string path) => GifComment.Read(path);

    protected override IEnumerable<string> ContainerArguments(GenerationMetadata? metadata) => ["-loop", "0"];
}
