using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Tests.Media;

/// <summary>Rows of any length are filtered as the specification's formulas say, whatever the vectors do.</summary>
public class PngFilterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(85)]
    [InlineData(1000)]
    [InlineData(9000)]      // longer than 16-bit sums last
    public void The_filter_with_the_least_sum_is_applied(int width)
    {
        int length = 3 * width;
        var random = new Random(width);
        var chosen = new HashSet<int>();
        foreach (Func<byte[]> kind in new Func<byte[]>[] { () => Bytes(256), () => Bytes(3), () => Extremes(), () => new byte[length] })
        {
            byte[] row = kind(), above = kind(), filtered = new byte[1 + length];
            if (width % 2 == 0)
                row = [.. above.Select(value => (byte)(value + random.Next(2)))];
            new PngFilter(length).Apply(row, above, filtered);
            byte[][] all = [.. Enumerable.Range(0, 5).Select(filter => Filtered(filter, row, above))];
            long[] sums = [.. all.Select(candidate => candidate.Sum(value => (long)Math.Abs((int)(sbyte)value)))];
            int best = Array.IndexOf(sums, sums.Min());
            Assert.Equal([(byte)best, .. all[best]], filtered);
            chosen.Add(best);
        }
        Assert.True(chosen.Count > 1);

        byte[] Bytes(int below) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(below))];
        byte[] Extremes() => [.. Enumerable.Range(0, length).Select(_ => (byte)(random.Next(2) * 255))];
    }

    [Fact]
    public void Every_filter_is_right_where_it_wins()
    {
        const int Length = 3 * 40;
        var random = new Random(1);
        var chosen = new HashSet<int>();
        for (int trial = 0; trial < 400; trial++)
        {
            byte[] above = [.. Enumerable.Range(0, Length).Select(_ => (byte)random.Next(256))];
            int filter = trial % 5;
            var row = new byte[Length];
            for (int i = 0; i < Length; i++)
                row[i] = (byte)(Predicted(filter, row, above, i) + random.Next(3) - 1);
            byte[] filtered = new byte[1 + Length];
            new PngFilter(Length).Apply(row, above, filtered);
            Assert.Equal(Filtered(filtered[0], row, above), filtered[1..]);
            chosen.Add(filtered[0]);
        }
        Assert.Equal(5, chosen.Count);
    }

    private static byte[] Filtered(int filter, byte[] row, byte[] above) =>
        [.. row.Select((value, i) => (byte)(value - Predicted(filter, row, above, i)))];

    private static int Predicted(int filter, byte[] row, byte[] above, int i)
    {
        int a = i < 3 ? 0 : row[i - 3], b = above[i], c = i < 3 ? 0 : above[i - 3];
        int p = a + b - c, pa = Math.Abs(p - a), pb = Math.Abs(p - b), pc = Math.Abs(p - c);
        return filter switch
        {
            0 => 0,
            1 => a,
            2 => b,
            3 => (a + b) / 2,
            _ => pa <= pb && pa <= pc ? a : pb <= pc ? b : c,
        };
    }
}
