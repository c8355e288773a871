namespace CogVideoX.Pipelines.Reports;

/// <summary>How fast something was computed.</summary>
/// <param name="Seconds">What it took.</param>
/// <param name="Flops">Floating-point operations that it is made of.</param>
/// <param name="GigaflopsPerSecond">The one by the other.</param>
/// <param name="ShareOfPeak">
/// Of the most multiply-adds that the same threads do on registers alone, 0 … 1; 0 on a device whose peak isn't known.
/// </param>
internal readonly record struct Throughput(double Seconds, long Flops, double GigaflopsPerSecond, double ShareOfPeak)
{
    internal static Throughput Of(TimeSpan elapsed, long flops, double peakGigaflops)
    {
        double seconds = elapsed.TotalSeconds, speed = seconds > 0 ? flops / seconds / 1e9 : 0;
        return new Throughput(seconds, flops, speed, peakGigaflops > 0 ? speed / peakGigaflops : 0);
    }
}
