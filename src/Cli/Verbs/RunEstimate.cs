using System.Diagnostics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Pipelines;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary>How long runs will take on this machine, whose peak is measured once, and only if a run could be long.</summary>
/// <param name="peakFlops">Measures the floating-point operations a second that this machine does at most.</param>
internal sealed class RunEstimate(Func<double> peakFlops)
{
    /// <summary>From here on a run's length is told before it starts.</summary>
    public static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(30);

    /// <summary>From here on a run's latents are kept without being asked for.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    /// <summary>From here on it is told how a run would save time.</summary>
    public static readonly TimeSpan WorthSaving = TimeSpan.FromSeconds(10);

    private const double WorthMeasuring = 1e12; // a trillion operations: some seconds on a slow machine

    private double? peak;

    /// <summary>About how many times as fast runs would be in bf16; 1 where they wouldn't be faster, or somebody chose a type.</summary>
    public double GainOfBf16 { get; init; } = 1;

    /// <summary>Of runs on a device; what isn't the CPU has no known peak, and its runs no estimate.</summary>
    public static RunEstimate For(ComputeOptions compute) =>
        new(() => compute.Device is null ? PeakFlops(compute.Threads) * compute.CpuGain : double.PositiveInfinity)
        {
            GainOfBf16 = compute.GainOfBf16,
        };

    /// <returns>Zero for a run that is short on any machine.</returns>
    public TimeSpan Of(GenerationPlan plan) => plan.Flops < WorthMeasuring ? TimeSpan.Zero : plan.Estimate(peak ??= peakFlops());

    /// <summary>Floating-point operations a second that threads of this machine do at most.</summary>
    /// <param name="threads">How many; 0 for one a processor.</param>
    /// <param name="products">What they multiply.</param>
    public static double PeakFlops(int threads, CpuProducts products = CpuProducts.Fp32)
    {
        const int Turns = 20;
        using var team = new CpuThreads(threads > 0 ? threads : Environment.ProcessorCount);
        if (products == CpuProducts.Fp32)
            return Peak.Flops(team) * 1e9;
        var tiles = CpuTiles.For(CpuPaths.KindOf(products));
        double best = double.PositiveInfinity;
        for (int i = 0; i < Turns; i++)
        {
            long start = Stopwatch.GetTimestamp();
            PeakCode.Turn(team, tiles);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return PeakCode.TurnGigaflops(team, tiles) / best * 1e9;
    }
}
