using CogVideoX.Kernels.Devices;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Verbs;

/// <summary>How long runs will take on this machine, whose peak is measured once, and only if a run could be long.</summary>
/// <param name="peakFlops">Measures the floating-point operations a second that this machine does at most.</param>
internal sealed class RunEstimate(Func<double> peakFlops)
{
    /// <summary>From here on a run's length is told before it starts.</summary>
    public static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(30);

    /// <summary>From here on a run's latents are kept without being asked for.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private const double WorthMeasuring = 1e12; // a trillion operations: some seconds on a slow machine

    private double? peak;

    /// <summary>Of runs on a device; what isn't the CPU has no known peak, and its runs no estimate.</summary>
    public static RunEstimate For(ComputeOptions compute) =>
        new(() => compute.Device is null ? PeakFlops(compute.Threads) : double.PositiveInfinity);

    /// <returns>Zero for a run that is short on any machine.</returns>
    public TimeSpan Of(GenerationPlan plan) => plan.Flops < WorthMeasuring ? TimeSpan.Zero : plan.Estimate(peak ??= peakFlops());

    /// <summary>Floating-point operations a second that threads of this machine do at most.</summary>
    /// <param name="threads">How many; 0 for one a processor.</param>
    public static double PeakFlops(int threads)
    {
        using var team = new CpuThreads(threads > 0 ? threads : Environment.ProcessorCount);
        return Peak.Flops(team) * 1e9;
    }
}
