using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>An encoder of ffmpeg, with the arguments that make it good.</summary>
/// <param name="Name">ffmpeg's name for it.</param>
/// <param name="Arguments">In any case.</param>
/// <param name="Usual">Where no quality is asked for.</param>
/// <param name="AtQuality">What gives a quality from 1 to 100; null where it can't be steered.</param>
internal sealed record FfmpegEncoder(string Name, string[] Arguments, string[] Usual, Func<int, string[]>? AtQuality)
{
    public static readonly FfmpegEncoder Mpeg4 = new("mpeg4", [], ["-q:v", "2"], quality => ["-q:v", Whole(31 - 0.29 * quality)]);

    private static readonly FfmpegEncoder[] H264 =
    [
        new("libx264", ["-preset", "medium"], ["-crf", "17"], quality => ["-crf", Whole(51 - quality / 2.0)]),
        new("libopenh264", [], ["-b:v", "8M"], null),
    ];

    private static readonly FfmpegEncoder[] H265 =
    [
        new(
            "libx265",
            ["-preset", "medium", "-x265-params", "log-level=error"],
            ["-crf", "20"],
            quality => ["-crf", Whole(51 - quality / 2.0)])
        {
            Codec = VideoCodec.H265,
            SmallestSide = 16,
        },
    ];

    private static readonly FfmpegEncoder[] Vp9 =
    [
        new(
            "libvpx-vp9",
            ["-b:v", "0", "-row-mt", "1", "-deadline", "good", "-cpu-used", "2"],
            ["-crf", "18"],
            quality => ["-crf", Whole(63 - 0.62 * quality)])
        {
            Codec = VideoCodec.Vp9,
            TakesOddSizes = true,
        },
    ];

    private static readonly FfmpegEncoder[] Av1 =
    [
        new("libaom-av1", ["-b:v", "0", "-row-mt", "1", "-cpu-used", "6"], ["-crf", "24"], quality => ["-crf", Whole(63 - 0.62 * quality)])
        {
            Codec = VideoCodec.Av1,
        },
        new("libsvtav1", ["-preset", "6"], ["-crf", "24"], quality => ["-crf", Whole(63 - 0.62 * quality)])
        {
            Codec = VideoCodec.Av1,
            SmallestSide = 64,
        },
    ];

    private static readonly FfmpegEncoder[] ProRes =
    [
        new("prores_ks", ["-vendor", "apl0"], ["-profile:v", "3"], quality => ["-profile:v", Whole((quality - 1) / 25)])
        {
            Codec = VideoCodec.ProRes,
            PixelFormat = "yuv422p10le",
        },
    ];

    /// <summary>What it makes.</summary>
    public VideoCodec Codec { get; init; } = VideoCodec.H264;

    /// <summary>The pixels that it takes.</summary>
    public string PixelFormat { get; init; } = "yuv420p";

    /// <summary>Whether width and height may be odd; where not, they are filled up.</summary>
    public bool TakesOddSizes { get; init; }

    /// <summary>The smallest width and height that it takes.</summary>
    public int SmallestSide { get; init; } = 1;

    /// <summary>The encoders of a codec, the best first.</summary>
    public static IReadOnlyList<FfmpegEncoder> Of(VideoCodec codec) => codec switch
    {
        VideoCodec.H264 => H264,
        VideoCodec.H265 => H265,
        VideoCodec.Vp9 => Vp9,
        VideoCodec.Av1 => Av1,
        VideoCodec.ProRes => ProRes,
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "there is no such codec"),
    };

    /// <summary>Its arguments for a quality that it can give.</summary>
    public IEnumerable<string> ArgumentsAt(int? quality) => [.. Arguments, .. quality is { } asked ? AtQuality!(asked) : Usual];

    private static string Whole(double number) => Math.Round(number).ToString(CultureInfo.InvariantCulture);
}
