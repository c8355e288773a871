using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>A vector for each video token, put together from one for its frame, one for its row and one for its column.</summary>
internal static class TokenTable
{
    /// <param name="ops">Where the table lives.</param>
    /// <param name="axes">The vectors of frames, rows and columns: [axis][position][width]</param>
    /// <param name="order">Which axis comes first in a token's vector, and so on.</param>
    /// <param name="width">The sum of their widths.</param>
    /// <returns>[F·rows·columns, width]</returns>
    /// <exception cref="TensorException">More tokens than a dimension may have.</exception>
    public static Tensor Make(Ops ops, float[][][] axes, ReadOnlySpan<int> order, int width)
    {
        int frames = axes[0].Length, rows = axes[1].Length, columns = axes[2].Length;
        Tensor table = ops.Empty([Tokens(frames, rows, columns), width]);
        for (int line = 0; line < frames * rows; line++)
        {
            ops.Cancellation.ThrowIfCancellationRequested();
            Span<float> rest = table.Rows(line * columns, columns).AsSpan<float>();
            for (int column = 0; column < columns; column++)
            {
                foreach (int axis in order)
                {
                    float[] part = axes[axis][axis == 0 ? line / rows : axis == 1 ? line % rows : column];
                    part.CopyTo(rest);
                    rest = rest[part.Length..];
                }
            }
        }
        return table;
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
