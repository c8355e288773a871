namespace CogVideoX.Emulator.Tests;

/// <summary>Times that are guessed from bounds, and what is known of cards by their drivers' names.</summary>
public sealed class PredictedTimeTests
{
    private const double Micro = 1e-6;
    private static readonly CardRates Card = CardRates.Find("a100")!; // 108 multiprocessors

    // 3 µs of launch and beginning, where CTAs begin once.
    [Theory]
    [InlineData(108, 1, 100, 10, 103)]
    [InlineData(54, 1, 100, 10, 203)] // half of the multiprocessors do it all
    [InlineData(109, 1, 100, 10, 202.165)] // two turns for a CTA more than there are places: 100 · 216/109, and both begin
    [InlineData(216, 1, 100, 10, 104)]
    [InlineData(216, 2, 100, 10, 103)] // both at once: one computes while the other begins
    [InlineData(54, 1, 100, 500, 503)] // memory is everybody's
    public void TheBusiestMultiprocessorCounts(long ctas, int residents, double tensor, double memory, double expected)
    {
        var bounds = new TimeBounds(
            Card, [new TimeBound("tensor cores", 1, "FLOP", tensor * Micro), new TimeBound(TimeBounds.Memory, 1, "bytes", memory * Micro)]);
        Assert.Equal(expected * Micro, PredictedTime.Of(bounds, ctas, residents), 0.01 * Micro);
    }

    [Fact]
    public void NothingIsPredictedOfNoCtas()
    {
        var bounds = new TimeBounds(Card, [new TimeBound("issue", 1, "instructions", Micro)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => PredictedTime.Of(bounds, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PredictedTime.Of(bounds, 1, 0));
    }

    [Theory]
    [InlineData("NVIDIA H100 80GB HBM3", 132, "h100", 989)]
    [InlineData("NVIDIA A100-SXM4-80GB", 108, "a100", 312)]
    [InlineData("NVIDIA GeForce RTX 4090", 128, "4090", 165)]
    [InlineData("NVIDIA H100 PCIe", 114, null, 0)] // of the same name, and cut down
    [InlineData("NVIDIA GeForce RTX 3060", 28, null, 0)]
    public void CardsAreKnownByTheirDriversNames(string name, int multiprocessors, string? card, double teraFlops)
    {
        CardRates? known = CardRates.OfDriver(name, multiprocessors);
        Assert.Equal(card, known?.Name);
        Assert.Equal(teraFlops, (known?.PeakFlops ?? 0) / 1e12, 1.0);
    }
}
