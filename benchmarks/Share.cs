namespace CogVideoX.Benchmarks;

/// <summary>An operation beside a yardstick: the fastest turn of one to the fastest of the other, and mean to mean.</summary>
/// <param name="operation">Seconds of the operation.</param>
/// <param name="amount">What a turn of it does, in units.</param>
/// <param name="yardstick">Seconds of what it is measured by.</param>
/// <param name="yardstickAmount">What a turn of that does, in the same units.</param>
internal readonly struct Share(Turns operation, double amount, Turns yardstick, double yardstickAmount)
{
    public double OfBest => amount / operation.Best / (yardstickAmount / yardstick.Best);

    public double OfMean => amount / operation.Mean / (yardstickAmount / yardstick.Mean);

    /// <summary>Over the columns of <see cref="ToString"/>: the yardstick in units a second, and the two shares.</summary>
    public static string Heading(string yardstick) => $"{yardstick,12}  of best  of mean";

    public override string ToString() =>
        $"{yardstickAmount / yardstick.Best,6:F1} ({yardstickAmount / yardstick.Mean,4:F0}) {OfBest,8:P0} {OfMean,8:P0}";
}
