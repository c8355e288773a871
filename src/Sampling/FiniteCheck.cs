using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>Stops a run at the first step that gives a number that isn't one, rather than at the end with a black video.</summary>
internal static class FiniteCheck
{
    public static void Check(Ops ops, Tensor latents, Tensor output, NoiseLevel level, int steps)
    {
        long bad = ops.CountNotFinite(latents);
        if (bad == 0)
            return;
        string step = $"step {level.Index + 1} of {steps} (timestep {level.Time})";
        string source = ops.CountNotFinite(output) > 0 ? "the model's output holds such numbers already" : "the model's output is finite";
        throw new SamplingException(
            $"sampling: after {step} {bad} of {latents.Count} latents are NaN or infinite; {source}. The weights may be damaged.");
    }
}
