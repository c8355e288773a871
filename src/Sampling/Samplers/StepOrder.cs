using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>Checks that samplers share.</summary>
internal static class StepOrder
{
    public static void CheckIndex(int index, int steps)
    {
        if ((uint)index >= (uint)steps)
            throw new SamplingException($"There is no step {index}: the run has {steps}, from 0.");
    }

    public static void CheckRestored(int next, int steps, IReadOnlyDictionary<string, Tensor> history, params ReadOnlySpan<string> names)
    {
        if (next < 1 || next > steps)
            throw new SamplingException($"A run of {steps} steps can't go on at step {next}; it goes on at 1 to {steps}.");
        foreach (string name in history.Keys)
        {
            if (names.Contains(name))
                continue;
            string known = names.Length == 0 ? "nothing" : string.Join(", ", names);
            throw new SamplingException($"The state has '{name}', and this sampler keeps {known} before step {next}: another one kept it.");
        }
    }
}
