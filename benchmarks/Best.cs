using System.Diagnostics;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Benchmarks;

/// <summary>What several runs of one thing took.</summary>
/// <param name="Wall">Seconds that the fastest took.</param>
/// <param name="Possible">
/// GFLOP that its processor time is worth at the peak measured just before and after, the median of the runs: the fair measure
/// where neighbours share the machine, its clock and its cores. Threads that sleep don't show in it; <paramref name="Wall"/> does.
/// </param>
internal readonly record struct Best(double Wall, double Possible)
{
    /// <summary>Measures after one run that doesn't count.</summary>
    public static Best Of(int runs, CpuThreads team, Action action)
    {
        action();
        double wall = double.PositiveInfinity;
        var possible = new double[runs];
        for (int i = 0; i < runs; i++)
        {
            double before = Peak.FlopsNow(team);
            TimeSpan used = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            action();
            wall = Math.Min(wall, Stopwatch.GetElapsedTime(start).TotalSeconds);
            double processor = (Environment.CpuUsage.TotalTime - used).TotalSeconds / team.Count;
            possible[i] = processor * (before + Peak.FlopsNow(team)) / 2;
        }
        Array.Sort(possible);
        return new Best(wall, possible[runs / 2]);
    }
}
