using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Previews;

/// <summary>
/// Least squares from latents to colours, with an intercept: sums of products in double, about their means, solved by Cholesky's
/// decomposition.
/// </summary>
/// <param name="channels">C</param>
internal sealed class PreviewRegression(int channels)
{
    private const int Colours = LatentPreview.Colours;
    private const double Ridge = 1e-9;         // of the mean variance: channels may be copies of each other
    private const double LeastError = 1e-20;   // 200 dB: a map that leaves nothing over has a number, too

    private readonly int width = channels + Colours;
    private readonly double[] row = new double[channels + Colours], sums = new double[channels + Colours];
    private readonly double[,] products = new double[channels + Colours, channels + Colours]; // the lower half
    private int count;

    /// <summary>Takes latents with the colours that they are to become.</summary>
    /// <param name="latents">[1, F, C, H, W]</param>
    /// <param name="colours">[F, H, W, 3] in 0 … 1</param>
    public void Add(VideoLatents latents, VideoFrames colours)
    {
        Shape shape = latents.Shape;
        int plane = shape[3] * shape[4];
        for (int frame = 0; frame < shape[1]; frame++)
        {
            ReadOnlySpan<float> latent = latents.Values[(frame * channels * plane)..], colour = colours.Frame(frame).Span;
            for (int pixel = 0; pixel < plane; pixel++)
            {
                for (int channel = 0; channel < channels; channel++)
                    row[channel] = latent[channel * plane + pixel];
                for (int i = 0; i < Colours; i++)
                    row[channels + i] = 2.0 * colour[pixel * Colours + i] - 1;
                AddRow();
            }
        }
    }

    /// <summary>The map that leaves the least squares over, and what it leaves.</summary>
    public LatentPreview Solve()
    {
        double[,] factor = Cholesky();
        double[][] factors = [.. Enumerable.Range(0, channels).Select(_ => new double[Colours])];
        double[] bias = new double[Colours];
        double left = 0, all = 0;
        for (int colour = 0; colour < Colours; colour++)
        {
            double[] weights = Solve(factor, colour);
            (double variance, double error) = Errors(weights, colour);
            (left, all) = (left + error, all + variance);
            bias[colour] = Mean(channels + colour);
            for (int channel = 0; channel < channels; channel++)
            {
                factors[channel][colour] = weights[channel];
                bias[colour] -= weights[channel] * Mean(channel);
            }
        }
        double meanSquare = left / Colours / 4; // of colours of 0 to 1
        double explained = all > 0 ? 1 - left / all : 1;
        return new LatentPreview(factors, bias, new PreviewFit(explained, -10 * Math.Log10(Math.Max(meanSquare, LeastError)), count));
    }

    private void AddRow()
    {
        count++;
        for (int i = 0; i < width; i++)
        {
            sums[i] += row[i];
            for (int j = 0; j <= i; j++)
                products[i, j] += row[i] * row[j];
        }
    }

    private double Mean(int i) => sums[i] / count;

    private double Covariance(int i, int j) => products[Math.Max(i, j), Math.Min(i, j)] / count - Mean(i) * Mean(j);

    // L with L·Lᵀ = the covariance of the channels.
    private double[,] Cholesky()
    {
        double ridge = Ridge * Enumerable.Range(0, channels).Average(i => Covariance(i, i)) + double.Epsilon;
        double[,] lower = new double[channels, channels];
        for (int i = 0; i < channels; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = Covariance(i, j) + (i == j ? ridge : 0);
                for (int k = 0; k < j; k++)
                    sum -= lower[i, k] * lower[j, k];
                lower[i, j] = i == j ? Math.Sqrt(Math.Max(sum, ridge)) : sum / lower[j, j];
            }
        }
        return lower;
    }

    private double[] Solve(double[,] lower, int colour)
    {
        double[] solution = new double[channels];
        for (int i = 0; i < channels; i++)
        {
            double sum = Covariance(channels + colour, i);
            for (int k = 0; k < i; k++)
                sum -= lower[i, k] * solution[k];
            solution[i] = sum / lower[i, i];
        }
        for (int i = channels - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < channels; k++)
                solution[i] -= lower[k, i] * solution[k];
            solution[i] /= lower[i, i];
        }
        return solution;
    }

    private (double Variance, double Error) Errors(double[] weights, int colour)
    {
        double variance = Covariance(channels + colour, channels + colour), error = variance;
        for (int i = 0; i < channels; i++)
        {
            error -= 2 * weights[i] * Covariance(channels + colour, i);
            for (int j = 0; j < channels; j++)
                error += weights[i] * weights[j] * Covariance(i, j);
        }
        return (variance, Math.Max(error, 0));
    }
}
