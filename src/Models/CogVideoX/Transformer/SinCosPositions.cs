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
        return Make(ops, config.Width, frames, rows, columns, config.SpatialInterpolation, config.TemporalInterpolation);
    }

    internal static Tensor Make(Ops ops, int dim, int frames, int rows, int columns, double spatialScale, double temporalScale)
    {
        int time = dim / 4, space = 3 * dim / 8;
        return TokenTable.Make(
            ops, () => [Waves(frames, temporalScale, time), Waves(rows, spatialScale, space), Waves(columns, spatialScale, space)],
            (frames, rows, columns), [0, 2, 1], dim);
    }

    // [positions, width]
    private static float[][] Waves(int positions, double scale, int width) =>
        [.. Enumerable.Range(0, positions).Select(position => Wave(position / scale, new float[width]))];

    private static float[] Wave(double position, float[] result)
    {
        int half = result.Length / 2;
        for (int i = 0; i < half; i++)
        {
            double angle = position / Math.Pow(Theta, (double)i / half);
            result[i] = (float)Math.Sin(angle);
            result[half + i] = (float)Math.Cos(angle);
        }
        return result;
    }
}
