using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>The model as sampling sees it, guidance included.</summary>
/// <param name="latents">Latents at <paramref name="level"/>, scaled as the sampler says (<see cref="ISampler.InputScale"/>).</param>
/// <param name="level">How noisy they are, and which step of the run it is.</param>
/// <returns>
/// The v-prediction, of the shape of <paramref name="latents"/>: a tensor of its own, which the run takes over and releases.
/// Everything else made inside dies with the step.
/// </returns>
public delegate Tensor Denoiser(Tensor latents, NoiseLevel level);
