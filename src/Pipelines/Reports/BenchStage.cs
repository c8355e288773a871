namespace CogVideoX.Pipelines.Reports;

/// <summary>One stage of a measured run.</summary>
/// <param name="Stage">Its name (<see cref="GenerationStage"/>).</param>
/// <param name="Tokens">How many tokens look at each other in its attention; 0 where there is none.</param>
/// <param name="Speed">Its time, and the floating-point operations that were planned for it.</param>
/// <param name="PeakBytes">The most memory that its tensors took at once.</param>
/// <param name="WeightBytes">Weights that it read, mapped from their files.</param>
/// <param name="Operations">Where the time went, the most first; what is missing was spent between operations.</param>
internal sealed record BenchStage(
    string Stage, int Tokens, Throughput Speed, long PeakBytes, long WeightBytes, IReadOnlyList<BenchOperation> Operations);
