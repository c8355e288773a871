using System.Numerics;

namespace CogVideoX.Pipelines.Media;

/// <summary>Row filters (PNG specification, section 9): a row goes in as the differences that compress best.</summary>
internal sealed class PngFilter(int rowBytes)
{
    private const int PixelBytes = 3;
    private const int Filters = 5;      // none, sub, up, average, Paeth
    private readonly byte[][] candidates = [.. Enumerable.Range(0, Filters).Select(_ => new byte[rowBytes])];

    /// <summary>Chooses the filter with the least sum of absolute differences, as the specification advises (12.8).</summary>
    /// <param name="row">Pixels of the row.</param> <param name="above">Pixels of the row before it; zeros for the first.</param>
    /// <param name="filtered">The filter's number, then the filtered row.</param>
    public void Apply(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, Span<byte> filtered)
    {
        Predict(row, above);
        int best = 0;
        long least = long.MaxValue;
        for (int filter = 0; filter < Filters; filter++)
        {
            long sum = AbsoluteSum(candidates[filter]);
            if (sum < least)
                (best, least) = (filter, sum);
        }
        filtered[0] = (byte)best;
        candidates[best].CopyTo(filtered[1..]);
    }

    private void Predict(ReadOnlySpan<byte> row, ReadOnlySpan<byte> above)
    {
        row.CopyTo(candidates[0]);
        int i = 0;
        for (; i < PixelBytes; i++)
            Predict(i, row[i], 0, above[i], 0);
        for (; i + Vector<byte>.Count <= rowBytes; i += Vector<byte>.Count)
            Predict(i, Load(row, i), Load(row, i - PixelBytes), Load(above, i), Load(above, i - PixelBytes));
        for (; i < rowBytes; i++)
            Predict(i, row[i], row[i - PixelBytes], above[i], above[i - PixelBytes]);
    }

    private static Vector<byte> Load(ReadOnlySpan<byte> row, int at) => new(row[at..]);

    private void Predict(int at, byte value, byte left, byte above, byte aboveLeft)
    {
        candidates[1][at] = (byte)(value - left);
        candidates[2][at] = (byte)(value - above);
        candidates[3][at] = (byte)(value - (left + above) / 2);
        candidates[4][at] = (byte)(value - Paeth(left, above, aboveLeft));
    }

    private void Predict(int at, Vector<byte> value, Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft)
    {
        (value - left).CopyTo(candidates[1], at);
        (value - above).CopyTo(candidates[2], at);
        (value - ((left & above) + Vector.ShiftRightLogical(left ^ above, 1))).CopyTo(candidates[3], at);
        (value - Paeth(left, above, aboveLeft)).CopyTo(candidates[4], at);
    }

    private static int Paeth(int left, int above, int aboveLeft)
    {
        int toLeft = Math.Abs(above - aboveLeft);
        int toAbove = Math.Abs(left - aboveLeft);
        int toAboveLeft = Math.Abs(left + above - 2 * aboveLeft);
        if (toLeft <= toAbove && toLeft <= toAboveLeft)
            return left;
        return toAbove <= toAboveLeft ? above : aboveLeft;
    }

    /// <summary>
    /// The same in bytes. Where the corner lies between its neighbours, the distance to it is the difference of the other two;
    /// where it doesn't, the distance is their sum, which is the largest of the three whatever it is.
    /// </summary>
    private static Vector<byte> Paeth(Vector<byte> left, Vector<byte> above, Vector<byte> aboveLeft)
    {
        var toLeft = Distance(above, aboveLeft);
        var toAbove = Distance(left, aboveLeft);
        var isOutside = Vector.Equals(Vector.GreaterThan(above, aboveLeft), Vector.GreaterThan(left, aboveLeft));
        var toAboveLeft = Distance(toLeft, toAbove) | isOutside;
        var isLeft = Vector.LessThanOrEqual(toLeft, toAbove) & Vector.LessThanOrEqual(toLeft, toAboveLeft);
        var others = Vector.ConditionalSelect(Vector.LessThanOrEqual(toAbove, toAboveLeft), above, aboveLeft);
        return Vector.ConditionalSelect(isLeft, left, others);
    }

    private static Vector<byte> Distance(Vector<byte> a, Vector<byte> b) => Vector.Max(a, b) - Vector.Min(a, b);

    private static long AbsoluteSum(ReadOnlySpan<byte> differences)
    {
        long sum = 0;
        int i = 0;
        while (i + Vector<byte>.Count <= differences.Length)
        {
            var part = Vector<ushort>.Zero;
            // A step adds at most 2 · 128 to each of the 16-bit sums.
            for (int step = 0; step < byte.MaxValue && i + Vector<byte>.Count <= differences.Length; step++, i += Vector<byte>.Count)
            {
                var difference = new Vector<byte>(differences[i..]);
                Vector.Widen(Vector.Min(difference, Vector<byte>.Zero - difference), out var low, out var high);
                part += low + high;
            }
            Vector.Widen(part, out var first, out var second);
            sum += Vector.Sum(first + second);
        }
        for (; i < differences.Length; i++)
            sum += Math.Abs((int)(sbyte)differences[i]);
        return sum;
    }
}
