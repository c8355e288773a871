namespace CogVideoX.Pipelines;

/// <summary>What of a run's sampling was recorded and replayed as one piece (<see cref="ComputeOptions.Graph"/>).</summary>
/// <param name="Launches">How many launches an evaluation of the model is that computes everything; 0 where nothing was recorded.</param>
/// <param name="Replays">How many evaluations were replays.</param>
/// <param name="Problem">Why nothing was recorded though it was to be; null where it was.</param>
public sealed record GraphRun(int Launches, int Replays, string? Problem);
