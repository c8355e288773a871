using CogVideoX.Emulator;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels.Tests.Tuning;

/// <summary>What the rules know of a card.</summary>
public sealed class TileCardTests
{
    // The number that stands in the rule is that of the cards whose rates are known.
    [Theory]
    [InlineData("h100")]
    [InlineData("a100")]
    [InlineData("4090")]
    public void CostsAreThoseOfTheCardsRates(string name)
    {
        CardRates rates = CardRates.Find(name)!;
        double balance = rates.SyncWork * rates.Multiprocessors * rates.ClockHz / rates.CacheBytesPerSecond;
        var card = new TileCard(rates.Multiprocessors, rates.Architecture);
        foreach ((int rows, int columns) in ((int, int)[])[(128, 256), (256, 128), (128, 128), (64, 64)])
            Assert.Equal(Math.Max(1, balance * (1.0 / rows + 1.0 / columns)), card.CostOf(rows, columns), 0.05);
    }

    [Theory]
    [InlineData(90, 64, 64, 2.09)]
    [InlineData(80, 128, 128, 1.05)]
    [InlineData(103, 64, 64, 2.09)]
    [InlineData(100, 128, 256, 1)]
    [InlineData(86, 64, 64, 1.03)]
    [InlineData(120, 128, 128, 1)]
    public void SmallTilesCostMoreWhereTensorCoresAreFast(int architecture, int rows, int columns, double cost) =>
        Assert.Equal(cost, new TileCard(100, architecture).CostOf(rows, columns), 0.01);
}
