using System.Diagnostics;

namespace CogVideoX.Benchmarks;

/// <summary>The best of several runs.</summary>
/// <param name="Wall">Seconds that passed.</param>
/// <param name="Processor">
/// Seconds of processor time a thread: where neighbours share the machine, the fairer number. Waiting threads that sleep don't
/// show in it, so uneven work is judged by <paramref name="Wall"/>.
/// </param>
internal readonly record struct Best(double Wall, double Processor)
{
    /// <summary>Measures after one run that doesn't count.</summary>
    public static Best Of(int runs, int threads, Action action)
    {
        action();
        (double wall, double processor) = (double.PositiveInfinity, double.PositiveInfinity);
        for (int i = 0; i < runs; i++)
        {
            TimeSpan used = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            action();
            wall = Math.Min(wall, Stopwatch.GetElapsedTime(start).TotalSeconds);
            processor = Math.Min(processor, (Environment.CpuUsage.TotalTime - used).TotalSeconds / threads);
        }
        return new Best(wall, processor);
    }
}
