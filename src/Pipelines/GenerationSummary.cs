namespace CogVideoX.Pipelines;

/// <summary>A finished run whose frames went to a sink.</summary>
/// <param name="Model">The name of the checkpoint's folder.</param>
/// <param name="Latents">What the frames were decoded from.</param>
/// <param name="Settings">What they were made with; all decided.</param>
/// <param name="Times">What each stage took.</param>
public record GenerationSummary(
    string Model, VideoLatents Latents, GenerationSettings Settings, IReadOnlyList<StageTime> Times)
{
    /// <summary>The adapters that the pipeline had, with their names for paths.</summary>
    public LoraOptions Loras { get; init; } = LoraOptions.None;

    /// <summary>What a CPU computed in, where that wasn't fp32: bf16. Null for fp32, and on other devices.</summary>
    public ComputeType? CpuCompute { get; init; }

    /// <summary>Where weights lay on the device; null where they were read from mapped files.</summary>
    public WeightPlacement? Weights { get; init; }

    /// <summary>What <see cref="GenerationSettings.Cache"/> did; null where there was none.</summary>
    public StepCacheUse? Cache { get; init; }

    /// <summary>What was recorded of sampling; null where each operation was launched on its own.</summary>
    public GraphRun? Graph { get; init; }

    /// <summary>
    /// Why the file of <see cref="GenerationFiles.SaveLatents"/> couldn't be written; null where it was, or wasn't asked for.
    /// </summary>
    public string? LatentsProblem { get; init; }

    /// <summary>
    /// Why the file of <see cref="GenerationFiles.KeepState"/> doesn't hold the last step; null where it does, or wasn't asked for.
    /// </summary>
    public string? StateProblem { get; init; }

    /// <summary>
    /// Why the file of <see cref="GenerationFiles.Preview"/> doesn't show the last step; null where it does, or wasn't asked for.
    /// </summary>
    public string? PreviewProblem { get; init; }
}
