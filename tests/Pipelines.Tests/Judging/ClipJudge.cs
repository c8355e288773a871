using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Judging;

/// <summary>Reads a clip of moving shapes back: which colour, which shape, which motion, on which background.</summary>
public static class ClipJudge
{
    private const double LargestDistanceAtLeast = 0.3;
    private const int FewestPixels = 8;

    private static readonly (string Name, float[] Rgb)[] Colours =
    [
        ("red", [.90f, .10f, .10f]), ("green", [.10f, .75f, .15f]), ("blue", [.15f, .25f, .95f]), ("yellow", [.95f, .90f, .10f]),
        ("white", [.97f, .97f, .97f]), ("cyan", [.10f, .85f, .90f]), ("magenta", [.90f, .15f, .85f]), ("orange", [.98f, .55f, .05f]),
    ];

    private static readonly (string Name, float[] Rgb)[] Backgrounds =
        [("black", [.03f, .03f, .03f]), ("gray", [.42f, .42f, .42f]), ("navy", [.05f, .07f, .30f])];

    /// <summary>Reads a clip; the shape is "unreadable" where a frame shows nothing.</summary>
    public static ClipReading Read(VideoFrames video)
    {
        float[] background = BorderColour(video);
        string backgroundName = Nearest(background, Backgrounds);
        var figures = new List<Figure>();
        for (int i = 0; i < video.Count; i++)
        {
            if (Figure.Find(video, i, background, LargestDistanceAtLeast, FewestPixels) is not { } figure)
                return new ClipReading("unreadable", "unreadable", "unreadable", backgroundName);
            figures.Add(figure);
        }
        float[] colour = [.. Enumerable.Range(0, 3).Select(channel => Median([.. figures.Select(figure => figure.Colour[channel])]))];
        double fill = Median([.. figures.Select(figure => (float)figure.Fill)]);
        string shape = fill > 0.90 ? "square" : fill < 0.66 ? "triangle" : "circle";
        return new ClipReading(Nearest(colour, Colours), shape, Motion(figures[0], figures[^1], video.Width), backgroundName);
    }

    /// <summary>The middle value; of an even number, the mean of the middle two.</summary>
    internal static float Median(float[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static string Motion(Figure first, Figure last, int width)
    {
        if (last.Area > 2 * first.Area)
            return "growing";
        if (2 * last.Area < first.Area)
            return "shrinking";
        double x = last.X - first.X, y = last.Y - first.Y;
        if (Math.Sqrt(x * x + y * y) < 0.12 * width)
            return "standing still";
        if (Math.Abs(x) > Math.Abs(y))
            return x > 0 ? "moving right" : "moving left";
        return y > 0 ? "moving down" : "moving up";
    }

    private static string Nearest(float[] colour, (string Name, float[] Rgb)[] named) =>
        named.MinBy(candidate => candidate.Rgb.Zip(colour, (a, b) => Math.Abs(a - b)).Sum()).Name;

    private static float[] BorderColour(VideoFrames video)
    {
        int width = video.Width, height = video.Height;
        return [.. Enumerable.Range(0, 3).Select(channel =>
        {
            var border = new List<float>();
            for (int frame = 0; frame < video.Count; frame++)
            {
                ReadOnlySpan<float> pixels = video.Frame(frame).Span;
                for (int i = 0; i < width * height; i++)
                {
                    int x = i % width, y = i / width;
                    if (x == 0 || y == 0 || x == width - 1 || y == height - 1)
                        border.Add(pixels[3 * i + channel]);
                }
            }
            return Median([.. border]);
        })];
    }
}
