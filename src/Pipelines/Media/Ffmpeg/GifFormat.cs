using System.Globalization;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Looping GIF with one palette for the whole video. Its delays count hundredths of a second, so that a frame may stand 5 ms
/// longer or shorter than the rate says; the sum is right. Settings in a comment extension, which ffmpeg doesn't write.
/// </summary>
internal sealed class GifFormat : FfmpegFormat
{
    private const int TicksASecond = 100, LongestDelay = ushort.MaxValue, MostFramesASecond = 50;

    private static readonly FfmpegEncoder[] Encoders = [new("gif", [], [], null)];

    public override string Extension => ".gif";

    public override string Description => "looping GIF, with ffmpeg";

    protected override string Muxer => "gif";

    public override string? Note(VideoShape shape, EncodingOptions? encoding = null) =>
        ShortFrames.Note(Extension, shape, MostFramesASecond);

    internal override IReadOnlyList<FfmpegEncoder> EncodersFor(EncodingOptions encoding) => Encoders;

    protected override string Filter(VideoShape shape, FfmpegEncoder encoder) =>
        "split[frames][sample];[sample]palettegen[palette];[frames][palette]paletteuse=dither=sierra2_4a";

    internal override void Check(string path, VideoShape shape, VideoOptions options)
    {
        base.Check(path, shape, options);
        double delay = (double)TicksASecond * shape.Rate.Denominator / shape.Rate.Numerator;
        if (delay is < 1 or > LongestDelay)
        {
            throw new OutputException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Quoted.Path(path)}: a .gif has from {(double)TicksASecond / LongestDelay:0.####} to {TicksASecond} frames a second, "
                + $"not {TicksASecond / delay:0.####}; choose such a rate, or use .webp"));
        }
    }

    internal override void FinishFile(string path, VideoShape shape, GenerationMetadata? metadata)
    {
        if (metadata is not null)
            GifComment.Append(path, metadata.ToJson());
    }

    internal override bool Recognises(ReadOnlySpan<byte> start) => start.StartsWith("GIF87a"u8) || start.StartsWith("GIF89a"u8);

    internal override string? ReadMetadata(string path) => GifComment.Read(path);

    protected override IEnumerable<string> ContainerArguments(FfmpegEncoder encoder, GenerationMetadata? metadata) => ["-loop", "0"];
}
