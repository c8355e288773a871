namespace CogVideoX.Sampling;

/// <summary>Checks that samplers share.</summary>
internal static class StepOrder
{
    public static void CheckIndex(int index, int steps)
    {
        if ((uint)index >= (uint)steps)
            throw new SamplingException($"There is no step {index}: the run has {steps}, from 0.");
    }
}
