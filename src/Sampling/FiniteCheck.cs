using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>Stops a run at the first step that gives a number that isn't one, rather than at the end with a black video.</summary>
internal static class FiniteCheck
{
    public static void Check(Tensor latents, Tensor output, int index, IReadOnlyList<int> timesteps)
    {
        long bad = latents.HoldsData ? CountNotFinite(latents) : 0;
        if (bad == 0)
            return;
        string step = $"step {index + 1} of {timesteps.Count} (timestep {timesteps[index]})";
        string source = CountNotFinite(output) > 0 ? "the model's output holds such numbers already" : "the model's output is finite";
        throw new SamplingException(
            $"sampling: after {step} {bad} of {latents.Count} latents are NaN or infinite; {source}. The weights may be damaged.");
    }

    private static long CountNotFinite(Tensor tensor)
    {
        long count = 0;
        foreach (float value in tensor.AsReadOnlySpan<float>())
            count += float.IsFinite(value) ? 0 : 1;
        return count;
    }
}
