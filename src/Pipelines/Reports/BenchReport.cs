using System.Diagnostics;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines.Reports;

/// <summary>What a run took, stage by stage and operation by operation: the answer of <c>bench</c>.</summary>
/// <param name="Model">The checkpoint's folder, or what stands for one.</param>
/// <param name="Settings">What was made.</param>
/// <param name="PeakGigaflops">Multiply-adds on registers alone: the best of before and after the run, since shared machines vary.</param>
/// <param name="Whole">Of the whole run, its planning included; no file is written.</param>
/// <param name="Stages">Its parts.</param>
/// <param name="PeakMemoryBytes">The most memory that the process has held, mapped weights included.</param>
internal sealed record BenchReport(
    string Model, GenerationSettings Settings, double PeakGigaflops, Throughput Whole, IReadOnlyList<BenchStage> Stages,
    long PeakMemoryBytes)
{
    /// <summary>Where it ran, with what the CPU multiplies in products where that isn't fp32.</summary>
    public required string Device { get; init; }

    /// <summary>How the run got by with the memory there was, where it had to: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Makes a video and measures it.</summary>
    /// <param name="pipeline">Opened to measure; otherwise there are no operations in the report.</param>
    /// <param name="request">What to make.</param>
    /// <param name="peakGigaflops">Measures the machine; called before and after the run.</param>
    /// <param name="progress">Told how far the run is.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="RequestException">What can't be done; found before anything is measured.</exception>
    public static BenchReport Run(
        CogVideoXPipeline pipeline, GenerationRequest request, Func<double> peakGigaflops, IProgress<GenerationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        request = BlankPicture.Into(request, pipeline.Folder);
        GenerationPlan plan = pipeline.Plan(request);
        double peak = peakGigaflops();
        long began = Stopwatch.GetTimestamp();
        GenerationResult result = pipeline.Generate(request, progress, cancellation);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        peak = Math.Max(peak, peakGigaflops());
        BenchStage[] stages = [.. plan.Stages.Zip(result.Times, (planned, taken) => StageOf(planned, taken, peak))];
        using var process = Process.GetCurrentProcess();
        Throughput whole = Throughput.Of(elapsed, plan.Stages.Sum(stage => stage.Flops), peak);
        return new BenchReport(pipeline.ModelTitle, result.Settings, peak, whole, stages, process.PeakWorkingSet64)
        {
            Device = pipeline.DeviceName,
            Notes = plan.Notes,
        };
    }

    private static BenchStage StageOf(StagePlan planned, StageTime taken, double peak) => new(
        taken.Stage, planned.Tokens, Throughput.Of(taken.Elapsed, planned.Flops, peak), taken.PeakBytes, planned.WeightBytes,
        [.. taken.Operations.Select(operation => OperationOf(operation, taken.Elapsed, peak))]);

    private static BenchOperation OperationOf(OperationTime operation, TimeSpan stage, double peak) =>
        new(operation.Name, operation.Calls, Throughput.Of(operation.Elapsed, operation.Flops, peak), operation.Elapsed / stage);
}
