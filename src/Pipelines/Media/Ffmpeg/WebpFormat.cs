using System.Globalization;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>Looping animated WebP at quality 90. Settings in an XMP chunk, which ffmpeg doesn't write.</summary>
internal sealed class WebpFormat : FfmpegFormat
{
    // Milliseconds, in 24 bits a frame and in 31 bits for all.
    private const int LargestSide = 16383, LongestFrame = ((1 << 24) - 1) / 1000, LongestVideo = int.MaxValue / 1000;

    // The first joins equal frames and stores differences; the second stores each frame whole.
    private static readonly FfmpegEncoder[] Encoders =
        [new("libwebp_anim", [], ["-quality", "90"], AtQuality), new("libwebp", [], ["-quality", "90"], AtQuality)];

    public override string Extension => ".webp";

    public override string Description => "animated WebP, with ffmpeg";

    public override bool TakesQuality => true;

    protected override string Muxer => "webp";

    public override string? Note(VideoShape shape, EncodingOptions? encoding = null) => ShortFrames.Note(Extension, shape);

    internal override IReadOnlyList<FfmpegEncoder> EncodersFor(EncodingOptions encoding) => Encoders;

    // WebP's YCbCr is BT.601 by its specification, which is also what ffmpeg takes where nothing is said.
    protected override string Filter(VideoShape shape, FfmpegEncoder encoder) =>
        "scale=out_color_matrix=bt601:out_range=limited:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=yuv420p";

    internal override void Check(string path, VideoShape shape, VideoOptions options)
    {
        base.Check(path, shape, options);
        if (Math.Max(shape.Width, shape.Height) > LargestSide)
        {
            throw new OutputException(
                $"{Quoted.Path(path)}: a .webp has at most {LargestSide} pixels a side, not {shape.Width}×{shape.Height}; use .mkv");
        }
        CheckTimes(path, shape);
    }

    private static void CheckTimes(string path, VideoShape shape)
    {
        double frame = (double)shape.Rate.Denominator / shape.Rate.Numerator;
        if (frame <= LongestFrame && frame * shape.Count <= LongestVideo)
            return;
        throw new OutputException(string.Create(
            CultureInfo.InvariantCulture,
            $"{Quoted.Path(path)}: a frame of a .webp lasts at most {LongestFrame} s and the whole {LongestVideo} s, "
            + $"not {shape.Count} frames of {frame:0.#} s each; choose a higher rate, or use .mkv"));
    }

    internal override void FinishFile(string path, VideoShape shape, GenerationMetadata? metadata)
    {
        if (metadata is not null)
            WebpXmp.Append(path, metadata.ToJson(), shape);
    }

    internal override bool Recognises(ReadOnlySpan<byte> start) => WebpXmp.IsWebp(start);

    internal override string? ReadMetadata(string path) => WebpXmp.Read(path);

    protected override IEnumerable<string> ContainerArguments(FfmpegEncoder encoder, GenerationMetadata? metadata) => ["-loop", "0"];

    private static string[] AtQuality(int quality) => ["-quality", quality.ToString(CultureInfo.InvariantCulture)];
}
