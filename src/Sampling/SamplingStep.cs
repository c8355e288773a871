using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A finished step. Its tensors live until the next step begins: copy what should last.</summary>
/// <param name="Level">The noise level that it began at.</param>
/// <param name="Count">How many the run has.</param>
/// <param name="Before">The latents at that level, not scaled.</param>
/// <param name="Output">The model's v-prediction for them.</param>
/// <param name="Latents">The latents after it. They live until the next step ends.</param>
/// <param name="Elapsed">How long it took.</param>
public readonly record struct SamplingStep(
    NoiseLevel Level, int Count, Tensor Before, Tensor Output, Tensor Latents, TimeSpan Elapsed)
{
    /// <summary>Which one, from 0.</summary>
    public int Index => Level.Index;

    /// <summary>
    /// x₀ = √ᾱ·x − √(1−ᾱ)·v: the clean latents that the model expects behind those that the step began with (arXiv 2202.00512,
    /// appendix D).
    /// </summary>
    /// <param name="ops">Where to compute.</param>
    public Tensor Clean(Ops ops) => ops.LinearCombination(((float)Level.Signal, Before), (-(float)Level.Noise, Output));
}
