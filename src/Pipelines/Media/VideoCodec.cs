namespace CogVideoX.Pipelines.Media;

/// <summary>Ways to compress video that containers have a choice of.</summary>
public enum VideoCodec
{
    /// <summary>H.264 (AVC): plays everywhere.</summary>
    H264,

    /// <summary>H.265 (HEVC): smaller, for newer players.</summary>
    H265,

    /// <summary>VP9, for browsers.</summary>
    Vp9,

    /// <summary>AV1: the smallest, for new players.</summary>
    Av1,

    /// <summary>Apple ProRes 422 in 10 bits: large, for editing.</summary>
    ProRes,
}
