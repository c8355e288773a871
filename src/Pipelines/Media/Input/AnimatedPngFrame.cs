namespace CogVideoX.Pipelines.Media;

/// <summary>What becomes of a frame of an animated PNG before the next is drawn, by the numbers of the specification.</summary>
internal enum FrameDisposal : byte
{
    /// <summary>It stays.</summary>
    None,

    /// <summary>Its window is cleared to transparent black.</summary>
    Background,

    /// <summary>Its window gets back what was there before.</summary>
    Previous,
}

/// <summary>A frame of an animated PNG.</summary>
/// <param name="Window">Where its pixels go.</param>
/// <param name="Delay">How long it is shown, in parts of a second.</param>
/// <param name="DelayParts">Parts in a second.</param>
/// <param name="Disposal">What becomes of it.</param>
/// <param name="IsBlended">Whether it is drawn over what is there, by its alpha; else it takes its place.</param>
/// <param name="DataAt">Where in the file the chunks behind its fcTL begin.</param>
internal readonly record struct AnimatedPngFrame(
    PixelWindow Window, int Delay, int DelayParts, FrameDisposal Disposal, bool IsBlended, long DataAt)
{
    /// <summary>How long it is shown.</summary>
    public double Seconds => (double)Delay / DelayParts;
}
