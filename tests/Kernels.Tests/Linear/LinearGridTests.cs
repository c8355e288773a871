using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Kernels.Tests;

/// <summary>How products are cut into tiles for threads.</summary>
public sealed class LinearGridTests
{
    private const int TileRows = 6, TileColumns = 16;

    [Fact]
    public void TilesCoverEveryElementOnce() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(300),
        Prop.ForAll(
            Gen.Choose(1, 5000).Two().Zip(Gen.Choose(1, 96)).ToArbitrary(),
            size =>
            {
                ((int rows, int outputs), int threads) = size;
                var grid = new LinearGrid(rows, outputs, 1, threads, TileRows, TileColumns);
                long covered = 0;
                (int nextRow, int nextColumn) = (0, 0);
                for (int i = 0; i < grid.Count; i++)
                {
                    (int row, int rowEnd, int column, int columnEnd) = grid[i];
                    Assert.Equal((nextRow, nextColumn), (row, column));
                    Assert.InRange(rowEnd, row + 1, rows);
                    Assert.InRange(columnEnd, column + 1, outputs);
                    Assert.Equal(0, row % TileRows);
                    Assert.Equal(0, column % TileColumns);
                    covered += (rowEnd - row) * (long)(columnEnd - column);
                    (nextRow, nextColumn) = columnEnd == outputs ? (rowEnd, 0) : (row, columnEnd);
                }
                Assert.Equal((long)rows * outputs, covered);
            }));

    // With one more round for a single tile, a thread of two would wait for a ninth of the time (9 tiles for 1988 × 1920).
    [Theory]
    [InlineData(1988, 1920)]
    [InlineData(1988, 7680)]
    [InlineData(226, 4096)]
    [InlineData(224, 768)]
    [InlineData(224, 192)]
    public void NoThreadWaitsLong(int rows, int outputs)
    {
        for (int threads = 1; threads <= 4; threads++)
        {
            var grid = new LinearGrid(rows, outputs, 1, threads, TileRows, TileColumns);
            int rounds = (grid.Count + threads - 1) / threads;
            double share = rows * (double)outputs / ((double)rounds * threads * grid.Height * grid.Width);
            Assert.InRange(share, 0.93, 1);
        }
    }

    [Fact]
    public void SeveralProductsAreCutLess()
    {
        var alone = new LinearGrid(1988, 1920, 1, 3, TileRows, TileColumns);
        var together = new LinearGrid(1988, 1920, 3, 3, TileRows, TileColumns);
        Assert.InRange(together.Count, 1, alone.Count - 1);
    }

    [Fact]
    public void ATinyProductStaysInOnePiece() => Assert.Equal(1, new LinearGrid(20, 40, 1, 8, TileRows, TileColumns).Count);
}
