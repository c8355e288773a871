namespace CogVideoX.Emulator;

/// <summary>
/// What a launch may take on a card, from counts: its bounds, as the busiest multiprocessor meets them, and what CTAs wait before they have
/// anything to compute. The latter are guesses that no card has judged; the times are for choosing between forms of one operation.
/// </summary>
public static class PredictedTime
{
    private const double StartSeconds = 1e-6; // to the first operands' arrival, and from the last sums to memory
    private const double LaunchSeconds = 2e-6; // from the end of a launch to the beginning of the next

    // What all multiprocessors share doesn't depend on how CTAs are spread.
    private static readonly string[] Shared = [TimeBounds.Cache, TimeBounds.Memory];

    /// <summary>Seconds of a launch.</summary>
    /// <param name="bounds">Of the launch.</param>
    /// <param name="ctas">All of its CTAs.</param>
    /// <param name="residents">
    /// CTAs that a multiprocessor holds at once: while one begins or ends, another computes. From 1 on.
    /// </param>
    public static double Of(TimeBounds bounds, long ctas, int residents)
    {
        ArgumentNullException.ThrowIfNull(bounds);
        ArgumentOutOfRangeException.ThrowIfLessThan(ctas, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(residents, 1);
        int multiprocessors = bounds.Card.Multiprocessors;
        double most = Math.Ceiling((double)ctas / multiprocessors), uneven = most * multiprocessors / ctas;
        double busiest = bounds.All.Max(bound => bound.Seconds * (Shared.Contains(bound.Part) ? 1 : uneven));
        return busiest + StartSeconds * Math.Ceiling(most / residents) + LaunchSeconds;
    }
}
