using System.Diagnostics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Benchmarks;

/// <summary>The fastest of many short turns of one thing.</summary>
/// <param name="Wall">Seconds by the clock.</param>
/// <param name="Processor">
/// Seconds of processor time: what the clock would show if neighbours never took the core. For several threads it is the clock's, since the
/// system's account of them lags behind in turns of a few milliseconds.
/// </param>
internal readonly record struct Turns(double Wall, double Processor)
{
    private static readonly Turns None = new(double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>
    /// Runs several things in turns, so that whatever the machine's neighbours do happens to all of them, after one round that
    /// doesn't count.
    /// </summary>
    public static Turns[] Of(int rounds, CpuThreads team, params Action[] actions)
    {
        Turns[] best = [.. actions.Select(_ => None)];
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                Turns turn = One(team, actions[i]);
                if (round > 0)
                    best[i] = new Turns(Math.Min(best[i].Wall, turn.Wall), Math.Min(best[i].Processor, turn.Processor));
            }
        }
        return best;
    }

    private static Turns One(CpuThreads team, Action action)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        action();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return new Turns(wall, team.Count == 1 ? (Environment.CpuUsage.TotalTime - used).TotalSeconds : wall);
    }
}
