using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>The model as sampling sees it, guidance included.</summary>
/// <param name="latents">Latents at <paramref name="timestep"/>.</param>
/// <param name="timestep">Their noise level.</param>
/// <param name="step">Which step of the run, from 0.</param>
/// <returns>
/// The v-prediction, of the shape of <paramref name="latents"/>: a tensor of its own, which the run takes over and releases.
/// Everything else made inside dies with the step.
/// </returns>
public delegate Tensor Denoiser(Tensor latents, int timestep, int step);
