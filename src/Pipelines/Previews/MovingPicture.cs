namespace CogVideoX.Pipelines.Previews;

/// <summary>
/// A made-up moving picture: a plain ground, a gradient or waves between two colours, with up to three discs and squares before it. A third
/// of the colours are corners of the cube: black, white and the most saturated.
/// </summary>
internal sealed class MovingPicture
{
    private const int MostShapes = 3, Kinds = 3;
    private const double Drift = 0.03; // of the picture's width a frame, at most

    private readonly int height, width;
    private readonly int kind;
    private readonly double angle, waves, drift;
    private readonly Colour from, to;
    private readonly MovingShape[] shapes;

    /// <param name="random">Decides what it shows.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="width">Pixels.</param>
    public MovingPicture(Random random, int height, int width)
    {
        (this.height, this.width) = (height, width);
        kind = random.Next(Kinds);
        angle = random.NextDouble() * 2 * Math.PI;
        waves = 0.5 + 5.5 * random.NextDouble();
        drift = Between(random, -Drift, Drift);
        (from, to) = (Colour.Draw(random), Colour.Draw(random));
        shapes = [.. Enumerable.Range(0, random.Next(MostShapes + 1)).Select(_ => MovingShape.Draw(random))];
    }

    /// <summary>Draws frames that follow each other.</summary>
    /// <param name="start">The first of them, from 0.</param>
    /// <param name="pixels">[F, H, W, 3], −1 … 1: as many whole frames as it holds.</param>
    public void Draw(int start, Span<float> pixels)
    {
        int length = height * width * 3;
        for (int i = 0; i < pixels.Length / length; i++)
            DrawFrame(start + i, pixels.Slice(i * length, length));
    }

    private void DrawFrame(int frame, Span<float> pixels)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                (double across, double down) = ((x + 0.5) / width, (y + 0.5) / height);
                Colour colour = Colour.Mix(from, to, Ground(across, down, frame));
                foreach (MovingShape shape in shapes)
                    colour = Colour.Mix(colour, shape.Colour, shape.Coverage(across, down, frame, 1.0 / width));
                colour.CopyTo(pixels[((y * width + x) * 3)..]);
            }
        }
    }

    private double Ground(double across, double down, int frame)
    {
        double along = (across - 0.5) * Math.Cos(angle) + (down - 0.5) * Math.Sin(angle) + drift * frame;
        return kind switch
        {
            0 => 0,
            1 => Math.Clamp(along + 0.5, 0, 1),
            _ => 0.5 + 0.5 * Math.Sin(2 * Math.PI * waves * along),
        };
    }

    private static double Between(Random random, double least, double most) => least + (most - least) * random.NextDouble();

    private readonly record struct Colour(double Red, double Green, double Blue)
    {
        public static Colour Draw(Random random) => random.Next(3) == 0
            ? new Colour(random.Next(2), random.Next(2), random.Next(2))
            : new Colour(random.NextDouble(), random.NextDouble(), random.NextDouble());

        public static Colour Mix(Colour first, Colour second, double share) => new(
            double.Lerp(first.Red, second.Red, share), double.Lerp(first.Green, second.Green, share),
            double.Lerp(first.Blue, second.Blue, share));

        public void CopyTo(Span<float> pixel) =>
            (pixel[0], pixel[1], pixel[2]) = ((float)(2 * Red - 1), (float)(2 * Green - 1), (float)(2 * Blue - 1));
    }

    // Sizes are shares of the picture's.
    private readonly record struct MovingShape(
        bool IsDisc, Colour Colour, double Across, double Down, double AcrossAFrame, double DownAFrame, double Radius)
    {
        public static MovingShape Draw(Random random) => new(
            random.Next(2) == 0, Colour.Draw(random), random.NextDouble(), random.NextDouble(), Between(random, -Drift, Drift),
            Between(random, -Drift, Drift), Between(random, 0.08, 0.3));

        // Its edge is a pixel wide.
        public double Coverage(double across, double down, int frame, double pixel)
        {
            double x = Math.Abs(across - Across - AcrossAFrame * frame), y = Math.Abs(down - Down - DownAFrame * frame);
            double distance = IsDisc ? Math.Sqrt(x * x + y * y) : Math.Max(x, y);
            return Math.Clamp((Radius - distance) / pixel + 0.5, 0, 1);
        }
    }
}
