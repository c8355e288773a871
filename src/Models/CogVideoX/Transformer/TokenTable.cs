using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>A vector for each video token, put together from one for its frame, one for its row and one for its column.</summary>
internal static class TokenTable
{
    /// <param name="ops">Where the table lives.</param>
    /// <param name="makeAxes">Gives the vectors of frames, rows and columns, [axis][position][width]; a dry run asks for none</param>
    /// <param name="grid">How many there are of each.</param>
    /// <param name="order">Which axis comes first in a token's vector, and so on.</param>
    /// <param name="width">The sum of their widths.</param>
    /// <returns>[F·rows·columns, width]</returns>
    /// <exception cref="TensorException">More tokens than a dimension may have.</exception>
    public static Tensor Make(
        Ops ops, Func<float[][][]> makeAxes, (int Frames, int Rows, int Columns) grid, int[] order, int width)
    {
        var axes = new Lazy<float[][][]>(makeAxes);
        Shape shape = [Tokens(grid.Frames, grid.Rows, grid.Columns), width];
        return ops.Fill(shape, (first, vectors) => Write(axes.Value, grid.Rows, grid.Columns, order, first / width, vectors), width);
    }

    // From one token on, whole tokens.
    private static void Write(float[][][] axes, int rows, int columns, int[] order, long token, Span<float> rest)
    {
        for (; !rest.IsEmpty; token++)
        {
            (long line, long column) = Math.DivRem(token, columns);
            foreach (int axis in order)
            {
                float[] part = axes[axis][axis == 0 ? line / rows : axis == 1 ? line % rows : column];
                part.CopyTo(rest);
                rest = rest[part.Length..];
            }
        }
    }

    /// <summary>How many tokens frames of patches are.</summary>
    /// <exception cref="TensorException">More than a dimension may have.</exception>
    public static int Tokens(int frames, int rows, int columns)
    {
        decimal tokens = (decimal)frames * rows * columns;
        return tokens <= int.MaxValue
            ? (int)tokens
            : throw new TensorException(
                $"{frames} frames of {rows}×{columns} patches are {tokens} tokens; a sequence has at most {int.MaxValue}.");
    }
}
