using System.Globalization;

namespace CogVideoX.Pipelines.Media;

/// <summary>Browsers show frames of an animated picture that are shorter than they like for a tenth of a second instead.</summary>
internal static class ShortFrames
{
    private const int MostFramesASecond = 90;

    /// <summary>What happens at this rate; null where nothing does. Browsers take 10 ms and less for too short.</summary>
    public static string? Note(string extension, VideoShape shape, int most = MostFramesASecond)
    {
        double rate = (double)shape.Rate.Numerator / shape.Rate.Denominator;
        return rate <= most
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Browsers play a {extension} of more than {most} frames a second too slowly (here {rate:0.###}); ")
                + ".mp4 and .webm have no such limit.";
    }
}
