using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Judging;

/// <summary>What stands out from the background of a frame.</summary>
/// <param name="X">Centre, pixels from the left.</param>
/// <param name="Y">Centre, pixels from the top.</param>
/// <param name="Area">Pixels.</param>
/// <param name="Fill">Share of its box that it covers.</param>
/// <param name="Colour">RGB.</param>
internal sealed record Figure(double X, double Y, int Area, double Fill, float[] Colour)
{
    /// <summary>The figure of a frame, or null where there is none to see.</summary>
    public static Figure? Find(VideoFrames video, int index, float[] background, double leastDistance, int fewestPixels)
    {
        ReadOnlySpan<float> frame = video.Frame(index).Span;
        int width = video.Width, pixels = width * video.Height;
        var distance = new float[pixels];
        for (int i = 0; i < pixels; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                distance[i] += Math.Abs(frame[3 * i + channel] - background[channel]);
        }
        float largest = distance.Max();
        int[] mask = [.. Enumerable.Range(0, pixels).Where(i => distance[i] > Math.Max(largest, leastDistance) / 2)];
        if (mask.Length < fewestPixels)
            return null;
        double[] x = [.. mask.Select(i => (double)(i % width)).Order()], y = [.. mask.Select(i => (double)(i / width)).Order()];
        double box = (Percentile(x, 0.99) - Percentile(x, 0.01) + 1) * (Percentile(y, 0.99) - Percentile(y, 0.01) + 1);
        int[] core = [.. mask.Where(i => distance[i] > 0.85f * largest)];
        var colour = new float[3];
        for (int channel = 0; channel < 3; channel++)
        {
            var values = new float[core.Length];
            for (int i = 0; i < core.Length; i++)
                values[i] = frame[3 * core[i] + channel];
            colour[channel] = ClipJudge.Median(values);
        }
        return new Figure(x.Average(), y.Average(), mask.Length, mask.Length / box, colour);
    }

    private static double Percentile(double[] sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (sorted[below + 1] - sorted[below]) * (position - below) : sorted[below];
    }
}
