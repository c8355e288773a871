using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A finished step.</summary>
/// <param name="Level">The noise level that it began at.</param>
/// <param name="Count">How many the run has.</param>
/// <param name="Latents">The latents after it. They live until the next step ends: copy what should last.</param>
/// <param name="Elapsed">How long it took.</param>
public readonly record struct SamplingStep(NoiseLevel Level, int Count, Tensor Latents, TimeSpan Elapsed)
{
    /// <summary>Which one, from 0.</summary>
    public int Index => Level.Index;
}
