namespace CogVideoX.Pipelines.Media;

/// <summary>What people call codecs.</summary>
internal static class VideoCodecNames
{
    public static string DisplayName(this VideoCodec codec) => codec switch
    {
        VideoCodec.H264 => "H.264",
        VideoCodec.H265 => "H.265",
        VideoCodec.Vp9 => "VP9",
        VideoCodec.Av1 => "AV1",
        VideoCodec.ProRes => "ProRes",
        _ => throw new ArgumentOutOfRangeException(nameof(codec), codec, "there is no such codec"),
    };
}
