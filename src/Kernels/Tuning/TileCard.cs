namespace CogVideoX.Kernels.Tuning;

/// <summary>What rules that choose tiles know of a card.</summary>
/// <param name="Multiprocessors">Streaming multiprocessors.</param>
/// <param name="Architecture">Compute capability without its point: 80, 89, 90.</param>
internal readonly record struct TileCard(int Multiprocessors, int Architecture)
{
    // FLOP of mma.sync for each byte of the second-level cache, a clock of a multiprocessor: an A100 or an H100, and a GeForce,
    // whose tensor cores are a quarter as fast (CardRates). What comes after them is taken to be like them.
    private const double ServerBalance = 67, GeForceBalance = 33;

    /// <summary>
    /// How long products of a tile take beside those of a tile whose operands arrive in time: of a small one each operand serves few
    /// products, and the cache is what they wait for.
    /// </summary>
    /// <param name="rows">Of the tile.</param>
    /// <param name="columns">Of the tile.</param>
    /// <returns>1 or more.</returns>
    public double CostOf(int rows, int columns) =>
        Math.Max(1, (IsServer ? ServerBalance : GeForceBalance) * (1.0 / rows + 1.0 / columns));

    private bool IsServer => Architecture is 80 or 90 or 100 or 103;
}
