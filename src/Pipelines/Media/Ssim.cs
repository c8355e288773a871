using System.Numerics.Tensors;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Structural similarity of two videos (Wang, Bovik, Sheikh, Simoncelli 2004): windows of 11×11 pixels weighted by a Gaussian of σ 1.5
/// that lie whole in the frame, K₁ 0.01, K₂ 0.03, pixels of 0 to 1; the mean over windows, channels and frames.
/// </summary>
public static class Ssim
{
    /// <summary>Pixels of a window's side: the smallest frame that can be compared.</summary>
    public const int Window = 11;

    private const double Sigma = 1.5, C1 = 0.01 * 0.01, C2 = 0.03 * 0.03;
    private const int Channels = 3;

    private static readonly double[] Weights = MakeWeights();

    /// <returns>1 where the videos are equal, less the less alike they are.</returns>
    /// <exception cref="ArgumentException">They differ in size or number of frames, or are smaller than a window.</exception>
    public static double Of(VideoFrames first, VideoFrames second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Psnr.CheckAlike(first, second);
        if (first.Height < Window || first.Width < Window)
        {
            throw new ArgumentException(
                $"Frames of {first.Width}×{first.Height} are smaller than a window of {Window}×{Window}.", nameof(first));
        }
        var sums = new double[first.Count * Channels];
        Parallel.For(0, sums.Length, i =>
        {
            (int frame, int channel) = Math.DivRem(i, Channels);
            sums[i] = Sum(first.Frame(frame).Span, second.Frame(frame).Span, first.Width, channel);
        });
        return sums.Sum() / ((double)sums.Length * (first.Height - Window + 1) * (first.Width - Window + 1));
    }

    // Over the windows of one channel of a frame.
    private static double Sum(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int width, int channel)
    {
        int height = first.Length / width / Channels, across = width - Window + 1;
        double[] x = Plane(first, channel), y = Plane(second, channel);
        double[][] quantities = [x, y, Product(x, x), Product(y, y), Product(x, y)];
        var means = new double[quantities.Length][];
        for (int i = 0; i < means.Length; i++)
            means[i] = new double[across];
        var columns = new double[width];
        double sum = 0;
        for (int top = 0; top + Window <= height; top++)
        {
            for (int i = 0; i < means.Length; i++)
                Mean(quantities[i], top * width, columns, means[i]);
            for (int left = 0; left < across; left++)
                sum += Of(means[0][left], means[1][left], means[2][left], means[3][left], means[4][left]);
        }
        return sum;
    }

    private static double Of(double meanX, double meanY, double meanXX, double meanYY, double meanXY)
    {
        double varianceX = meanXX - meanX * meanX, varianceY = meanYY - meanY * meanY, covariance = meanXY - meanX * meanY;
        return (2 * meanX * meanY + C1) * (2 * covariance + C2)
            / ((meanX * meanX + meanY * meanY + C1) * (varianceX + varianceY + C2));
    }

    // The weighted means of the windows whose first row begins there: of the rows, then of the columns.
    private static void Mean(double[] plane, int start, double[] columns, double[] result)
    {
        Array.Clear(columns);
        for (int i = 0; i < Window; i++)
        {
            var row = new ReadOnlySpan<double>(plane, start + i * columns.Length, columns.Length);
            TensorPrimitives.MultiplyAdd(row, Weights[i], columns, columns);
        }
        Array.Clear(result);
        for (int i = 0; i < Window; i++)
            TensorPrimitives.MultiplyAdd(columns.AsSpan(i, result.Length), Weights[i], result, result);
    }

    private static double[] Plane(ReadOnlySpan<float> frame, int channel)
    {
        var plane = new double[frame.Length / Channels];
        for (int i = 0; i < plane.Length; i++)
            plane[i] = frame[i * Channels + channel];
        return plane;
    }

    private static double[] Product(double[] x, double[] y)
    {
        var product = new double[x.Length];
        TensorPrimitives.Multiply(x, y, product);
        return product;
    }

    private static double[] MakeWeights()
    {
        double[] weights = [.. Enumerable.Range(-(Window / 2), Window).Select(i => Math.Exp(-i * i / (2 * Sigma * Sigma)))];
        double sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
