using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A rule that turns latents and the model's output for them into less noisy latents. One object serves one run.</summary>
public interface ISampler
{
    /// <summary>The timesteps of the run's steps, falling.</summary>
    IReadOnlyList<int> Timesteps { get; }

    /// <summary>Takes step number <paramref name="index"/>, from 0; the steps of a run follow each other.</summary>
    /// <param name="latents">Latents at <c>Timesteps[index]</c>.</param>
    /// <param name="output">The model's v-prediction for them, of the same shape.</param>
    /// <param name="index">Which step.</param>
    /// <returns>
    /// The new latents, in the scope of the caller. A sampler keeps its history there too: call every step in the scope that lasts
    /// for the run.
    /// </returns>
    /// <exception cref="SamplingException">No such step, or one out of order for a sampler that looks back.</exception>
    Tensor Step(Tensor latents, Tensor output, int index);
}
