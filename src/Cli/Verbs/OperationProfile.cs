using System.Globalization;
using CogVideoX.Emulator;
using CogVideoX.Kernels.Gpu;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>kernels profile NAME --gpu CARD --shape SHAPE</c>: what bounds the time of an operation on a card that isn't here.</summary>
internal static class OperationProfile
{
    private const double Micro = 1e6;

    /// <exception cref="UsageException">
    /// The operation has no kernels of our own compiler for such operands, or they are too large.
    /// </exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static ProfileAnswer Of(
        ProfiledOperation operation, int[] shape, DType type, CardRates card, int ctas, CancellationToken cancellation)
    {
        var device = new ProfilingDevice(card, ctas);
        using var ops = new Ops(device, type) { Cancellation = cancellation };
        using MemoryScope scope = ops.Scope();
        try
        {
            operation.Run(ops, shape);
        }
        catch (Exception problem) when (problem is NotSupportedException or TensorException or OutOfMemoryException or OverflowException)
        {
            throw new UsageException("--shape", $"{operation.Name} at {string.Join('x', shape)}: {problem.Message}", problem);
        }
        return new ProfileAnswer(
            operation.Name, shape, type.Name, card.Name,
            [.. device.Launches.Select(launch => BoundedLaunch.Of(launch, card, ops.Memory.LiveBytes))]);
    }

    public static void Write(TextWriter output, ProfileAnswer answer, CardRates card)
    {
        output.WriteLine(
            $"{answer.Operation} {string.Join('x', answer.Shape)} in {answer.Type} on {card.Title}: "
            + "bounds from counts in the emulator, not measured");
        foreach (BoundedLaunch launch in answer.Launches)
        {
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{launch.Kernel}: {launch.Ctas:N0} CTAs of {launch.Threads} threads and {launch.SharedBytes:N0} bytes of shared memory, ")
                + $"{launch.SampledCtas} counted");
            output.WriteLine("part                              amount               at least   share");
            foreach (TimeBound bound in launch.Bounds)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{bound.Part,-20} {bound.Amount,19:N0} {bound.Unit,-12} {bound.Seconds * Micro,8:N1} µs ")
                    + (bound.Seconds / launch.Seconds).ToString("P0", CultureInfo.InvariantCulture).PadLeft(7));
            }
            string speed = launch.TeraFlops > 0 ? $", at most {launch.TeraFlops.ToString("F0", CultureInfo.InvariantCulture)} TFLOP/s" : "";
            output.WriteLine($"bound by: {launch.Binding}{speed}");
        }
    }
}

/// <summary>An operation on a card.</summary>
internal sealed record ProfileAnswer(string Operation, int[] Shape, string Type, string Gpu, IReadOnlyList<BoundedLaunch> Launches)
{
    /// <summary>The least time of all launches.</summary>
    public double Seconds => Launches.Sum(launch => launch.Seconds);
}

/// <summary>A launch, and what bounds it.</summary>
internal sealed record BoundedLaunch(
    string Kernel, long Ctas, long SampledCtas, int Threads, int SharedBytes, IReadOnlyList<TimeBound> Bounds, string Binding,
    double Seconds, double TeraFlops)
{
    private const double Tera = 1e12;

    public static BoundedLaunch Of(ProfiledLaunch launch, CardRates card, long operandBytes)
    {
        LaunchReport report = launch.Report;
        var bounds = TimeBounds.Of(report, card, operandBytes);
        double work = report.Counters.TensorWork * ((double)report.Ctas / report.SampledCtas);
        double seconds = bounds.Binding.Seconds;
        return new BoundedLaunch(
            launch.Kernel, report.Ctas, report.SampledCtas, launch.Threads, launch.SharedBytes, bounds.All, bounds.Binding.Part, seconds,
            work / seconds / Tera);
    }
}
