namespace CogVideoX.Pipelines;

/// <summary>How a run gets by with little memory, in sentences.</summary>
internal static class PlanNotes
{
    public static string LetsGo(StagePlan encoding, long memoryBytes) =>
        $"The text encoder ({ByteSize.ToText(encoding.WeightBytes)}) is let go after its stage and read again for the next prompt: "
        + $"all parts together need more than the {ByteSize.ToText(memoryBytes)} that are free.";
}
