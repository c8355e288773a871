using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Rotary positions of video tokens in three dimensions (RoPE, arXiv 2104.09864; in 3D, arXiv 2408.06072 section 2.2): of a head's
/// dimensions a quarter turn with time, three eighths each with y and x.
/// </summary>
/// <param name="Cos">[V, head dim], each value twice, for the two halves of a pair</param>
/// <param name="Sin">[V, head dim]</param>
internal readonly record struct RotaryTable(Tensor Cos, Tensor Sin)
{
    private const double Theta = 10_000;

    /// <summary>Angles for F latent frames of H×W; positions are those of the training size, stretched over the grid.</summary>
    public static RotaryTable For(Ops ops, TransformerConfig config, int frames, int height, int width)
    {
        int p = config.PatchSize, rows = height / p, columns = width / p;
        Shape shape = [frames * rows * columns, config.HeadDim];
        if (!ops.HoldsData)
            return new RotaryTable(ops.Empty(shape), ops.Empty(shape));
        (float[] cos, float[] sin) = Table(config.HeadDim, frames, rows, columns, config.SampleHeight / p, config.SampleWidth / p);
        return new RotaryTable(ops.FromHost(cos, shape), ops.FromHost(sin, shape));
    }

    internal static (float[] Cos, float[] Sin) Table(int headDim, int frames, int rows, int columns, int baseRows, int baseColumns)
    {
        int time = headDim / 4, space = headDim / 8 * 3;
        double[] y = new double[rows], x = new double[columns];
        Positions(rows, columns, baseRows, baseColumns, y, x);
        var cos = new float[(long)frames * rows * columns * headDim];
        var sin = new float[cos.Length];
        int token = 0;
        for (int t = 0; t < frames; t++)
        {
            for (int row = 0; row < rows; row++)
            {
                for (int column = 0; column < columns; column++, token += headDim)
                {
                    Turn(t, cos.AsSpan(token, time), sin.AsSpan(token, time));
                    Turn(y[row], cos.AsSpan(token + time, space), sin.AsSpan(token + time, space));
                    Turn(x[column], cos.AsSpan(token + time + space, space), sin.AsSpan(token + time + space, space));
                }
            }
        }
        return (cos, sin);
    }

    // The largest box of the grid's aspect ratio that fits the training grid, centred; cut into equal parts.
    private static void Positions(int rows, int columns, int baseRows, int baseColumns, double[] y, double[] x)
    {
        bool tall = (double)rows / columns > (double)baseRows / baseColumns;
        int boxRows = tall ? baseRows : Round((double)baseColumns / columns * rows);
        int boxColumns = tall ? Round((double)baseRows / rows * columns) : baseColumns;
        int top = Round((baseRows - boxRows) / 2.0), left = Round((baseColumns - boxColumns) / 2.0);
        Spread(top, top + boxRows, y);
        Spread(left, left + boxColumns, x);
    }

    private static int Round(double value) => (int)Math.Round(value, MidpointRounding.ToEven);

    // n points from start to stop·(n − 1)/n, both included: where start isn't 0 they are not quite equal parts, as in the reference.
    private static void Spread(double start, double stop, double[] positions)
    {
        int n = positions.Length;
        double last = stop * (n - 1) / n;
        for (int i = 0; i < n; i++)
            positions[i] = n == 1 ? start : start + (last - start) * i / (n - 1);
    }

    private static void Turn(double position, Span<float> cos, Span<float> sin)
    {
        for (int i = 0; i < cos.Length; i += 2)
        {
            double angle = position / Math.Pow(Theta, (double)i / cos.Length);
            cos[i] = cos[i + 1] = (float)Math.Cos(angle);
            sin[i] = sin[i + 1] = (float)Math.Sin(angle);
        }
    }
}
