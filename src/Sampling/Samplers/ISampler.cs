using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A rule that turns latents and the model's output for them into less noisy latents. One object serves one run.</summary>
public interface ISampler
{
    /// <summary>The noise levels that the run's steps begin at, falling.</summary>
    IReadOnlyList<NoiseLevel> Levels { get; }

    /// <summary>
    /// c_in: what the latents of a step are multiplied by before the model sees them; 1 for a variance-preserving schedule.
    /// </summary>
    /// <param name="index">Which step.</param>
    double InputScale(int index) => 1;

    /// <summary>Takes step number <paramref name="index"/>, from 0; the steps of a run follow each other.</summary>
    /// <param name="latents">Latents at <c>Levels[index]</c>, not scaled.</param>
    /// <param name="output">The model's prediction for them, of the same shape.</param>
    /// <param name="index">Which step.</param>
    /// <returns>
    /// The new latents, in the scope of the caller. A sampler keeps its history there too: call every step in the scope that lasts
    /// for the run.
    /// </returns>
    /// <exception cref="SamplingException">No such step, or one out of order for a sampler that looks back.</exception>
    Tensor Step(Tensor latents, Tensor output, int index);
}
