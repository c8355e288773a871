namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Peak signal-to-noise ratio of two videos: −10·log₁₀ of the mean squared difference, over all frames together, of pixels of 0 to 1.
/// </summary>
public static class Psnr
{
    /// <returns>Decibels; infinite where the videos are equal.</returns>
    /// <exception cref="ArgumentException">They differ in size or number of frames.</exception>
    public static double Of(VideoFrames first, VideoFrames second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        CheckAlike(first, second);
        ReadOnlySpan<float> one = first.Data.Span, other = second.Data.Span;
        double squares = 0;
        for (int i = 0; i < one.Length; i++)
        {
            double difference = (double)one[i] - other[i];
            squares += difference * difference;
        }
        return -10 * Math.Log10(squares / one.Length);
    }

    internal static void CheckAlike(VideoFrames first, VideoFrames second)
    {
        if ((first.Count, first.Height, first.Width) != (second.Count, second.Height, second.Width))
        {
            throw new ArgumentException(
                $"{first.Count} frames of {first.Width}×{first.Height} can't be compared with {second.Count} of "
                + $"{second.Width}×{second.Height}.", nameof(second));
        }
    }
}
