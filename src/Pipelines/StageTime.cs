namespace CogVideoX.Pipelines;

/// <summary>What a stage took.</summary>
/// <param name="Stage">Which one.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="PeakBytes">The most memory that its tensors took at once, weights not counted.</param>
public readonly record struct StageTime(GenerationStage Stage, TimeSpan Elapsed, long PeakBytes);
