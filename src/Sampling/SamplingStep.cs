using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A finished step.</summary>
/// <param name="Index">Which one, from 0.</param>
/// <param name="Count">How many the run has.</param>
/// <param name="Timestep">The noise level that it began at.</param>
/// <param name="Latents">The latents after it. They live until the next step ends: copy what should last.</param>
/// <param name="Elapsed">How long it took.</param>
public readonly record struct SamplingStep(int Index, int Count, int Timestep, Tensor Latents, TimeSpan Elapsed);
