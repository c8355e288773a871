using System.Runtime.Intrinsics;

namespace CogVideoX.Pipelines.Media;

/// <summary>
/// Resizing along the rows: each new pixel is a weighted sum of old pixels of its row. Two rows go together, a vector having the three
/// channels of both.
/// </summary>
internal static class HorizontalPass
{
    private const int Half = 1 << (ResizeWeights.Bits - 1);

    /// <param name="from">All columns that are needed.</param>
    /// <param name="weights">Of columns; the first is of the result's first.</param>
    /// <param name="to">Its rows are among those of <paramref name="from"/>.</param>
    public static void Run(PicturePart from, ResizeWeights weights, PicturePart to)
    {
        int end = to.Window.Top + to.Window.Size.Height;
        Parallel.For(
            0, (to.Window.Size.Height + 1) / 2,
            () => new Vector256<int>[from.Window.Size.Width],
            (pair, _, pixels) =>
            {
                int row = to.Window.Top + 2 * pair, other = Math.Min(row + 1, end - 1);
                Widen(from.Row(row), from.Row(other), pixels);
                Sum(pixels, from.Window.Left, weights, to.Row(row), to.Row(other));
                return pixels;
            },
            _ => { });
    }

    private static void Widen(ReadOnlySpan<byte> row, ReadOnlySpan<byte> other, Vector256<int>[] pixels)
    {
        for (int i = 0, at = 0; i < pixels.Length; i++, at += 3)
        {
            ReadOnlySpan<byte> a = row.Slice(at, 3), b = other.Slice(at, 3);
            pixels[i] = Vector256.Create(a[0], a[1], a[2], 0, b[0], b[1], b[2], 0);
        }
    }

    private static void Sum(Vector256<int>[] pixels, int left, ResizeWeights weights, Span<byte> row, Span<byte> other)
    {
        for (int i = 0; 3 * i < row.Length; i++)
        {
            ReadOnlySpan<int> ofOne = weights.Of(i);
            ReadOnlySpan<Vector256<int>> under = pixels.AsSpan(weights.First(i) - left, ofOne.Length);
            Vector256<int> sum = Vector256.Create(Half);
            for (int k = 0; k < ofOne.Length; k++)
                sum += under[k] * ofOne[k];
            sum = Vector256.Clamp(sum >> ResizeWeights.Bits, Vector256<int>.Zero, Vector256.Create(255));
            Store(sum.GetLower(), row.Slice(3 * i, 3));
            Store(sum.GetUpper(), other.Slice(3 * i, 3));
        }
    }

    private static void Store(Vector128<int> pixel, Span<byte> rgb) =>
        (rgb[0], rgb[1], rgb[2]) = ((byte)pixel[0], (byte)pixel[1], (byte)pixel[2]);
}
