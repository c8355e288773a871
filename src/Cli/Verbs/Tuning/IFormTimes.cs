using CogVideoX.Kernels.Tuning;
using CogVideoX.Tensors.Tuning;

namespace CogVideoX.Cli.Verbs.Tuning;

/// <summary>Where <c>kernels bench</c> has its times from.</summary>
internal interface IFormTimes : IDisposable
{
    /// <summary>The card, and how times come about, for the first line.</summary>
    string Title { get; }

    /// <summary>What the table is kept by.</summary>
    TunedCard Card { get; }

    /// <summary>What rules choose by.</summary>
    TileCard TileCard { get; }

    /// <summary>FLOP/s of the card's tensor cores, as its maker states them; null where that isn't known.</summary>
    double? Peak { get; }

    /// <summary>How far a form's numbers are from the naive form's.</summary>
    double ErrorOf(TiledBench bench, TileChoice form);

    /// <summary>Seconds of forms that are right.</summary>
    double[] Seconds(TiledBench bench, IReadOnlyList<TileChoice> forms, CancellationToken cancellation);
}
