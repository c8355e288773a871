namespace CogVideoX.Pipelines.Media;

/// <summary>How a picture of one shape comes into another.</summary>
public enum ImageFit
{
    /// <summary>Fills it, the ratio kept: what stands over on two sides is cut off.</summary>
    Crop,

    /// <summary>Fits into it, the ratio kept: two borders get the colours of the picture's edge. (The reference calls it fill.)</summary>
    Pad,

    /// <summary>Fills it, the ratio not kept. (What the reference does by default.)</summary>
    Stretch,
}
