namespace CogVideoX.Pipelines.Reports;

/// <summary>One kind of operation within a stage.</summary>
/// <param name="Name">Such as <c>linear</c>.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Speed">Of all calls together.</param>
/// <param name="ShareOfStage">Its part of the stage's time, 0 … 1.</param>
internal sealed record BenchOperation(string Name, int Calls, Throughput Speed, double ShareOfStage);
