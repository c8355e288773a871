using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What a stage took.</summary>
/// <param name="Stage">Its name (<see cref="GenerationStage"/>).</param>
/// <param name="Elapsed">Wall-clock time.</param>
/// <param name="PeakBytes">The most memory that its tensors took at once, weights not counted.</param>
/// <param name="Operations">
/// What each kind of operation in it took, the most time first; empty unless the pipeline was opened to measure.
/// </param>
public sealed record StageTime(string Stage, TimeSpan Elapsed, long PeakBytes, IReadOnlyList<OperationTime> Operations);
