namespace CogVideoX.Pipelines;

/// <summary>How a run gets by with little memory, in sentences.</summary>
internal static class PlanNotes
{
    /// <summary>
    /// What a stage that ran out of memory was planned to take, as a sentence with a space before it; empty without a plan.
    /// </summary>
    public static string OutOfMemory(GenerationPlan? plan, string stage)
    {
        StagePlan? planned = plan?.Stages.FirstOrDefault(candidate => candidate.Stage == stage);
        return planned is { } figures
            ? $" By its plan it takes {ByteSize.ToText(figures.PeakBytes)}, "
                + $"and {ByteSize.ToText(plan!.FreeBytes)} were free when it was made."
            : "";
    }

    public static string LetsGo(StagePlan encoding, long memoryBytes) =>
        $"The text encoder ({ByteSize.ToText(encoding.WeightBytes)}) is let go after its stage and read again for the next prompt: "
        + $"all parts together need more than the {ByteSize.ToText(memoryBytes)} that are free.";
}
