using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What a stage took.</summary>
/// <param name="Stage">Which one.</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="PeakBytes">The most memory that its tensors took at once, weights not counted.</param>
/// <param name="Operations">What each kind of operation in it took, the most time first; empty unless the pipeline was opened to measure.</param>
public readonly record struct StageTime(GenerationStage Stage, TimeSpan Elapsed, long PeakBytes, IReadOnlyList<OperationTime> Operations);
