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

    /// <summary>Of a run that reads weights where they are mapped.</summary>
    public static string LetsGo(StagePlan encoding, long memoryBytes) =>
        $"The text encoder ({ByteSize.ToText(encoding.WeightBytes)}) is let go after its stage and read again for the next prompt: "
        + $"all parts together need more than the {ByteSize.ToText(memoryBytes)} that are free.";

    /// <summary>Of a run on a device with a memory of its own.</summary>
    /// <param name="plan">With its way.</param>
    /// <param name="isAsked">Whether somebody asked for it.</param>
    public static IEnumerable<string> Of(GenerationPlan plan, bool isAsked)
    {
        string memory = ByteSize.ToText(plan.FreeBytes);
        if (plan.Way.LetsGo)
        {
            string why = isAsked ? "as was asked for" : $"all together need more than the {memory} that are there";
            yield return $"Each part is let go after its stage and brought to the device again for the next run: {why}.";
        }
        foreach (StagePlan stage in plan.Stages.Where(stage => stage.StreamedBytes > 0))
        {
            (string model, string when) = stage.Stage == GenerationStage.Encode ? ("text encoder", "a prompt") : ("transformer", "a step");
            yield return $"The {model}'s layers come to the device one after the other, {ByteSize.ToText(stage.StreamedBytes)} {when}: "
                + $"of its {ByteSize.ToText(stage.WeightBytes)} no more than {ByteSize.ToText(stage.ResidentBytes)} are held at once.";
        }
    }
}
