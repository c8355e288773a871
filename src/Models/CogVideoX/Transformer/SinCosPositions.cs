using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Fixed positions of video tokens in three dimensions, as CogVideoX-2b has them: a quarter of the width for time, then three
/// eighths each for x and y; half of each part sines, half cosines.
/// </summary>
internal static class SinCosPositions
{
    private const double Theta = 10_000;

    /// <returns>[V, D] for F latent frames of H×W</returns>
    public static Tensor For(Ops ops, TransformerConfig config, int frames, int height, int width)
    {
        int rows = height / config.PatchSize, columns = width / config.PatchSize;
        Shape shape = [frames * rows * columns, config.Width];
        return ops.HoldsData
            ? ops.FromHost(Table(config.Width, frames, rows, columns, config.SpatialInterpolation, config.TemporalInterpolation), shape)
            : ops.Empty(shape);
    }

    internal static float[] Table(int dim, int frames, int rows, int columns, double spatialScale, double temporalScale)
    {
        int time = dim / 4, space = 3 * dim / 8;
        var table = new float[(long)frames * rows * columns * dim];
        Span<float> token = table;
        for (int t = 0; t < frames; t++)
        {
            for (int y = 0; y < rows; y++)
            {
                for (int x = 0; x < columns; x++, token = token[dim..])
                {
                    Waves(t / temporalScale, token[..time]);
                    Waves(x / spatialScale, token.Slice(time, space));
                    Waves(y / spatialScale, token.Slice(time + space, space));
                }
            }
        }
        return table;
    }

    private static void Waves(double position, Span<float> result)
    {
        int half = result.Length / 2;
        for (int i = 0; i < half; i++)
        {
            double angle = position / Math.Pow(Theta, (double)i / half);
            result[i] = (float)Math.Sin(angle);
            result[half + i] = (float)Math.Cos(angle);
        }
    }
}
