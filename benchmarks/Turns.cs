using System.Diagnostics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Benchmarks;

/// <summary>Many turns of one thing, in seconds a turn.</summary>
/// <param name="Wall">The fastest by the clock.</param>
/// <param name="Best">
/// The fastest in processor time: what the clock would show if other programs never took the core. For several threads it is the clock's,
/// since the system's account of them lags behind in turns of a few milliseconds.
/// </param>
/// <param name="Mean">The mean of what <paramref name="Best"/> is the least of.</param>
internal readonly record struct Turns(double Wall, double Best, double Mean)
{
    /// <summary>
    /// Runs an operation and what it is measured by in turns, after one round that doesn't count. A yardstick is run again and again for as
    /// long as the operation took. So the means saw the same machine: neighbours slow all of it down by as much, where a
    /// fastest turn is the luckier the shorter it is.
    /// </summary>
    /// <returns>Of the operation, then of each yardstick.</returns>
    public static Turns[] Of(int rounds, CpuThreads team, Action operation, params Action[] yardsticks)
    {
        Action[] actions = [operation, .. yardsticks];
        Count[] counts = [.. actions.Select(_ => new Count())];
        for (int round = 0; round <= rounds; round++)
        {
            double budget = 0;
            for (int i = 0; i < actions.Length; i++)
            {
                double spent = 0;
                do
                {
                    (double wall, double processor) = One(team, actions[i]);
                    if (round > 0)
                        counts[i].Add(wall, processor);
                    spent += wall;
                }
                while (spent < budget);
                budget = Math.Max(budget, i == 0 ? spent : 0);
            }
        }
        return [.. counts.Select(count => count.Result)];
    }

    private static (double Wall, double Processor) One(CpuThreads team, Action action)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        long start = Stopwatch.GetTimestamp();
        action();
        double wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return (wall, team.Count == 1 ? (Environment.CpuUsage.TotalTime - used).TotalSeconds : wall);
    }

    private sealed class Count
    {
        private double wall = double.PositiveInfinity;
        private double best = double.PositiveInfinity;
        private double sum;
        private int turns;

        public Turns Result => new(wall, best, sum / turns);

        public void Add(double turnWall, double turnProcessor)
        {
            wall = Math.Min(wall, turnWall);
            best = Math.Min(best, turnProcessor);
            sum += turnProcessor;
            turns++;
        }
    }
}
