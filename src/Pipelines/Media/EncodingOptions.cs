namespace CogVideoX.Pipelines.Media;

/// <summary>How a video is compressed. What isn't given is what suits most: nearly lossless to the eye.</summary>
public sealed record EncodingOptions
{
    /// <summary>The best <see cref="Quality"/>.</summary>
    public const int BestQuality = 100;

    /// <summary>
    /// From 1 (smallest file) to 100 (best picture), for <c>.mp4 .mov .mkv .webm .webp</c>. Each encoder's own scale is reached so:
    /// H.264 and H.265 take the constant rate factor 51 − quality/2 (without it, 17 and 20: qualities 68 and 62), VP9 and AV1
    /// 63 − 0.62 · quality (without it, 18 and 24: qualities 73 and 63), WebP the number itself (without it, 90), ProRes the profile
    /// Proxy up to 25, LT up to 50, 422 up to 75, and above, and without it, 422 HQ.
    /// </summary>
    public int? Quality { get; init; }

    /// <summary>The codec, for formats that have a choice (<see cref="VideoFormat.Codecs"/>); null for the first of them.</summary>
    public VideoCodec? Codec { get; init; }
}
