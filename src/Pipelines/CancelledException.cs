namespace CogVideoX.Pipelines;

/// <summary>A run was cancelled.</summary>
/// <param name="stage">Where it stood.</param>
/// <param name="finishedSteps">Sampling steps that were done.</param>
/// <param name="savedLatents">The file that holds the latents of the last finished step, or null.</param>
/// <param name="keptState">The file from which the run can go on, or null.</param>
public sealed class CancelledException(string stage, int finishedSteps, string? savedLatents, string? keptState = null)
    : OperationCanceledException(
        $"Cancelled in the stage '{stage}'"
        + (finishedSteps == 0 && stage == GenerationStage.Decode
            ? ""
            : $" after {finishedSteps} sampling step{(finishedSteps == 1 ? "" : "s")}")
        + (savedLatents is null ? "" : $"; the latents are in {savedLatents}")
        + (keptState is null ? "." : $"; the run's state is in {keptState}."))
{
    /// <summary>Where it stood.</summary>
    public string Stage { get; } = stage;

    /// <summary>Sampling steps that were done.</summary>
    public int FinishedSteps { get; } = finishedSteps;

    /// <summary>The file that holds the latents of the last finished step, or null.</summary>
    public string? SavedLatents { get; } = savedLatents;

    /// <summary>The file from which the run can go on (<see cref="ResumeState"/>), or null.</summary>
    public string? KeptState { get; } = keptState;
}
