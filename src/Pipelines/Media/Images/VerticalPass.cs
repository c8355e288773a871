using System.Runtime.Intrinsics;

namespace CogVideoX.Pipelines.Media;

/// <summary>Resizing along the columns: each new row is a weighted sum of old rows, 32 bytes at a time.</summary>
internal static class VerticalPass
{
    private const int Half = 1 << (ResizeWeights.Bits - 1);

    /// <param name="from">All rows that are needed.</param> <param name="weights">Of rows; the first is of the result's first.</param>
    /// <param name="to">Its columns are among those of <paramref name="from"/>.</param>
    public static void Run(PicturePart from, ResizeWeights weights, PicturePart to)
    {
        int skipped = 3 * (to.Window.Left - from.Window.Left);
        Parallel.For(0, to.Window.Size.Height, row =>
        {
            Span<byte> result = to.Row(to.Window.Top + row);
            int at = 0;
            for (; at <= result.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
                Sum(from, weights, row, skipped + at).CopyTo(result[at..]);
            for (; at < result.Length; at++)
                result[at] = SumOfOne(from, weights, row, skipped + at);
        });
    }

    private static Vector256<byte> Sum(PicturePart from, ResizeWeights weights, int row, int at)
    {
        Vector256<int> a = Vector256.Create(Half), b = a, c = a, d = a;
        int next = weights.First(row);
        foreach (int weight in weights.Of(row))
        {
            var (low, high) = Vector256.Widen(Vector256.Create<byte>(from.Row(next++).Slice(at, Vector256<byte>.Count)));
            var (first, second) = Vector256.Widen(low);
            var (third, fourth) = Vector256.Widen(high);
            a += first.AsInt32() * weight;
            b += second.AsInt32() * weight;
            c += third.AsInt32() * weight;
            d += fourth.AsInt32() * weight;
        }
        return Vector256.Narrow(Vector256.Narrow(Pixels(a), Pixels(b)), Vector256.Narrow(Pixels(c), Pixels(d)));
    }

    private static Vector256<uint> Pixels(Vector256<int> sum) =>
        Vector256.Clamp(sum >> ResizeWeights.Bits, Vector256<int>.Zero, Vector256.Create(255)).AsUInt32();

    private static byte SumOfOne(PicturePart from, ResizeWeights weights, int row, int at)
    {
        int sum = Half, next = weights.First(row);
        foreach (int weight in weights.Of(row))
            sum += from.Row(next++)[at] * weight;
        return (byte)Math.Clamp(sum >> ResizeWeights.Bits, 0, 255);
    }
}
