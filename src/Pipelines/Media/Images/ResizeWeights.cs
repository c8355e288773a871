namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Which pixels along one side make each pixel of the new side, and with what weights: Pillow's, normalised in double and rounded, half
/// away from zero, to 22 fractional bits. When shrinking, the filter is as wide as the new pixel, so that nothing is skipped.
/// </summary>
internal sealed class ResizeWeights
{
    /// <summary>Fractional bits of a weight: 32 less 8 of a pixel and 2 for weights outside 0 to 1.</summary>
    public const int Bits = 22;

    private readonly int[] firsts, counts, weights;
    private readonly int most;

    /// <param name="from">Pixels of the old side.</param> <param name="to">Pixels of the new side.</param>
    /// <param name="start">The first of the new pixels that are wanted.</param> <param name="length">How many are wanted.</param>
    /// <param name="filter">Any but nearest.</param>
    public ResizeWeights(int from, int to, int start, int length, ResizeFilter filter)
    {
        double scale = (double)from / to, stretch = Math.Max(scale, 1), support = Support(filter) * stretch;
        most = (int)Math.Min(2 * (long)Math.Ceiling(support) + 1, from);
        (firsts, counts, weights) = (new int[length], new int[length], new int[(long)length * most]);
        var exact = new double[most];
        for (int i = 0; i < length; i++)
        {
            double middle = (start + i + 0.5) * scale;
            int first = Math.Max((int)(middle - support + 0.5), 0), end = Math.Min((int)(middle + support + 0.5), from);
            double sum = 0;
            for (int k = 0; k < end - first; k++)
            {
                exact[k] = Value(filter, (first + k - middle + 0.5) * (1 / stretch));
                sum += exact[k];
            }
            (firsts[i], counts[i]) = (first, end - first);
            for (int k = 0; k < end - first; k++)
                weights[i * most + k] = Fixed(sum == 0 ? exact[k] : exact[k] / sum);
        }
    }

    /// <summary>The first of the old pixels that make a wanted one.</summary>
    public int First(int index) => firsts[index];

    /// <summary>The weights of that pixel and those behind it.</summary>
    public ReadOnlySpan<int> Of(int index) => weights.AsSpan(index * most, counts[index]);

    /// <summary>The old pixels that are needed at all.</summary>
    public (int First, int End) Needed => (firsts[0], firsts[^1] + counts[^1]);

    private static int Fixed(double weight) => (int)(weight * (1 << Bits) + (weight < 0 ? -0.5 : 0.5));

    private static double Support(ResizeFilter filter) => filter switch
    {
        ResizeFilter.Box => 0.5,
        ResizeFilter.Bilinear or ResizeFilter.Hamming => 1,
        ResizeFilter.Bicubic => 2,
        _ => 3,
    };

    private static double Value(ResizeFilter filter, double x) => filter switch
    {
        ResizeFilter.Box => x > -0.5 && x <= 0.5 ? 1 : 0,
        ResizeFilter.Bilinear => Math.Max(1 - Math.Abs(x), 0),
        ResizeFilter.Hamming => Math.Abs(x) < 1 ? Sinc(x) * (0.54 + 0.46 * Math.Cos(x * Math.PI)) : 0,
        ResizeFilter.Bicubic => Cubic(Math.Abs(x)),
        _ => x >= -3 && x < 3 ? Sinc(x) * Sinc(x / 3) : 0,
    };

    // Keys, 1981, with a = -1/2.
    private static double Cubic(double x)
    {
        const double A = -0.5;
        if (x < 1)
            return ((A + 2) * x - (A + 3)) * x * x + 1;
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
