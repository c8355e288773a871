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
        for (int i = 0; i < rowBytes; i++)
        {
            int left = i < PixelBytes ? 0 : row[i - PixelBytes];
            int aboveLeft = i < PixelBytes ? 0 : above[i - PixelBytes];
            candidates[1][i] = (byte)(row[i] - left);
            candidates[2][i] = (byte)(row[i] - above[i]);
            candidates[3][i] = (byte)(row[i] - (left + above[i]) / 2);
            candidates[4][i] = (byte)(row[i] - Paeth(left, above[i], aboveLeft));
        }
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

    private static long AbsoluteSum(ReadOnlySpan<byte> differences)
    {
        long sum = 0;
        foreach (byte difference in differences)
            sum += Math.Abs((int)(sbyte)difference);
        return sum;
    }
}
