using CogVideoX.Emulator;
using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Tuning;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>Times of a card that is there.</summary>
internal sealed class MeasuredTimes : IFormTimes
{
    private readonly FormBench bench;
    private readonly int rounds;

    /// <param name="source">The card.</param>
    /// <param name="card">What its table is kept by.</param>
    /// <param name="type">Of operands.</param>
    /// <param name="rounds">How often each form is timed.</param>
    /// <exception cref="DeviceException">It can't be opened, or has no kernels of our compiler.</exception>
    public MeasuredTimes(IDeviceSource source, TunedCard card, DType type, int rounds)
    {
        bench = new FormBench(source.Open(), type);
        (Card, this.rounds) = (card, rounds);
        Title = $"{source.Name} ({source.Description}): measured, the median of {rounds} rounds";
        Peak = CardRates.OfDriver(card.Name, bench.Card.Multiprocessors)?.PeakFlops;
    }

    /// <inheritdoc/>
    public string Title { get; }

    /// <inheritdoc/>
    public TunedCard Card { get; }

    /// <inheritdoc/>
    public TileCard TileCard => bench.Card;

    /// <inheritdoc/>
    public double? Peak { get; }

    /// <inheritdoc/>
    public double ErrorOf(TiledBench operation, TileChoice form) => bench.ErrorOf(operation, form);

    /// <inheritdoc/>
    public double[] Seconds(TiledBench operation, IReadOnlyList<TileChoice> forms, CancellationToken cancellation) =>
        bench.Measure(operation, forms, rounds, cancellation);

    /// <inheritdoc/>
    public void Dispose() => bench.Dispose();
}
