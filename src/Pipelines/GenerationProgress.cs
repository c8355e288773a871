namespace CogVideoX.Pipelines;

/// <summary>Where a run stands.</summary>
/// <param name="Stage">The name of the part that runs (<see cref="GenerationStage"/>).</param>
/// <param name="Step">Steps of the stage that are done: sampling steps; other stages have one.</param>
/// <param name="Steps">How many the stage has.</param>
/// <param name="Fraction">Share of the stage that is done, 0 … 1, finer than steps.</param>
/// <param name="Elapsed">Time in this stage so far.</param>
public readonly record struct GenerationProgress(string Stage, int Step, int Steps, double Fraction, TimeSpan Elapsed)
{
    /// <summary>Share of the stage that was done by an earlier run, of which this one is the rest (<see cref="ResumeState"/>).</summary>
    public double Before { get; init; }

    /// <summary>Time a step has taken on average; null before the first is done.</summary>
    public TimeSpan? PerStep => Fraction > Before && Step > Before * Steps ? Elapsed / ((Fraction - Before) * Steps) : null;

    /// <summary>What the rest of the stage takes at this pace; null before there is one.</summary>
    public TimeSpan? Remaining => Fraction > Before ? Elapsed * ((1 - Fraction) / (Fraction - Before)) : null;
}
