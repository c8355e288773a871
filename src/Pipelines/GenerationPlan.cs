using System.Text.Json.Serialization;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>What a request will do and take, known before anything heavy starts.</summary>
/// <param name="Settings">Everything decided, tiling included.</param>
/// <param name="Stages">What each stage takes.</param>
/// <param name="FreeBytes">Memory that was free when the plan was made, or that the device has.</param>
/// <param name="Warnings">What the user should know, such as a prompt that is cut.</param>
public sealed record GenerationPlan(
    GenerationSettings Settings, IReadOnlyList<StagePlan> Stages, long FreeBytes, IReadOnlyList<string> Warnings)
{
    // Of the machine's peak, whole runs of the released architectures reach 66 to 79 % (docs/measurements.md); the rest is caution.
    private const double ShareOfPeak = 0.6;

    /// <summary>What adapters do, and how the run gets by with the memory there is, where it has to: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The device that was planned for, where it isn't this machine's CPU.</summary>
    public string? Device { get; init; }

    /// <summary>Whether the text encoder stays in memory after its stage, for the next prompt.</summary>
    public bool KeepsTextEncoder { get; init; } = true;

    /// <summary>
    /// How much of the transformer's weights may be kept packed as the CPU's products of bf16 take them, beside <see cref="PeakBytes"/>:
    /// all where memory allows, and sequences are so short that packing them anew would be seen; else none. The video is the same.
    /// </summary>
    public long KeptWeightsBytes { get; init; }

    /// <summary>Where weights lie on the device; null where they are read from mapped files.</summary>
    public WeightPlacement? Weights { get; init; }

    /// <summary>The same, part by part.</summary>
    internal WeightWay Way { get; init; }

    /// <summary>Frames, size and rate of the video.</summary>
    [JsonIgnore]
    public VideoShape Video => Settings.Video();

    /// <summary>Floating-point operations of the whole run.</summary>
    public double Flops => Stages.Sum(stage => (double)stage.Flops);

    /// <summary>The most memory that the run holds at once; mapped weights come and go beside it.</summary>
    public long PeakBytes => Stages.Max(stage => stage.PeakBytes);

    /// <summary>About how long the run will take.</summary>
    /// <param name="peakFlops">What the machine can do at most, in floating-point operations a second.</param>
    public TimeSpan Estimate(double peakFlops) =>
        TimeSpan.FromSeconds(Math.Min(Flops / (peakFlops * ShareOfPeak), TimeSpan.MaxValue.TotalSeconds / 2));
}
