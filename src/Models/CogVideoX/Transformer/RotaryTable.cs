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

    /// <summary>
    /// Angles for F latent frames of H×W. In the first releases positions are those of the training size, stretched over the grid; in
    /// CogVideoX 1.5 (where patches have frames) they are the numbers of rows and columns, whatever the size.
    /// </summary>
    public static RotaryTable For(Ops ops, TransformerConfig config, int frames, int height, int width)
    {
        int p = config.PatchSize, rows = height / p, columns = width / p;
        return config.TemporalPatchSize is { } q
            ? Make(ops, config.HeadDim, (frames + q - 1) / q, Counted(rows), Counted(columns))
            : Make(ops, config.HeadDim, frames, rows, columns, config.SampleHeight / p, config.SampleWidth / p);
    }

    internal static RotaryTable Make(Ops ops, int headDim, int frames, int rows, int columns, int baseRows, int baseColumns)
    {
        double[] y = new double[rows], x = new double[columns];
        Positions(rows, columns, baseRows, baseColumns, y, x);
        return Make(ops, headDim, frames, y, x);
    }

    private static RotaryTable Make(Ops ops, int headDim, int frames, double[] y, double[] x)
    {
        return new RotaryTable(Table(Math.Cos), Table(Math.Sin));

        Tensor Table(Func<double, double> function) => TokenTable.Make(
            ops, () => Axes(headDim, Counted(frames), y, x, function), (frames, y.Length, x.Length), [0, 1, 2], headDim);
    }

    private static float[][][] Axes(int headDim, double[] t, double[] y, double[] x, Func<double, double> function)
    {
        int time = headDim / 4, space = headDim / 8 * 3;
        return [Waves(t, time, function), Waves(y, space, function), Waves(x, space, function)];
    }

    private static double[] Counted(int count) => [.. Enumerable.Range(0, count).Select(position => (double)position)];

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

    // [positions, width]
    private static float[][] Waves(double[] positions, int width, Func<double, double> function)
    {
        double[] slownesses = [.. Enumerable.Range(0, width).Select(i => Math.Pow(Theta, (double)(i & ~1) / width))];
        return [.. positions.Select(position => slownesses.Select(slowness => (float)function(position / slowness)).ToArray())];
    }
}
