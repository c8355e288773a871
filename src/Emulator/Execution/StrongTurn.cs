namespace CogVideoX.Emulator.Execution;

/// <summary>
/// Threads speak to each other by strong accesses and fences: there it matters who goes first, so a warp may end its turn there
/// and let others overtake it.
/// </summary>
internal static class StrongTurn
{
    private const int Odds = 2, LongestPause = 12;

    public static void End(Warp warp)
    {
        Strands.CountStrong(warp);
        Random random = warp.Cta.Launch.Random;
        if (random.Next(Odds) != 0)
            return;
        warp.Yield = true;
        warp.Pause = random.Next(LongestPause);
    }
}
