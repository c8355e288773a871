using System.Collections.ObjectModel;
using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>A rule that turns latents and the model's output for them into less noisy latents. One object serves one run.</summary>
public interface ISampler
{
    /// <summary>
    /// The noise levels at which the run asks the model, falling: where its steps begin. A sampler that asks twice a step has both here,
    /// and counts them as steps.
    /// </summary>
    IReadOnlyList<NoiseLevel> Levels { get; }

    /// <summary>How often a step asks the model: 1, or 2 where it looks ahead; the last, to clean latents, asks once.</summary>
    int EvaluationsPerStep => 1;

    /// <summary>
    /// c_in: what the latents of a step are multiplied by before the model sees them; 1 for a variance-preserving schedule.
    /// </summary>
    /// <param name="index">Which step.</param>
    double InputScale(int index) => 1;

    /// <summary>
    /// What it remembers of the steps so far, by name; nothing for a sampler that doesn't look back. The tensors are the sampler's own:
    /// copy what should last. <see cref="SamplingState"/> does.
    /// </summary>
    IReadOnlyDictionary<string, Tensor> History => ReadOnlyDictionary<string, Tensor>.Empty;

    /// <summary>Makes a fresh sampler one that has taken the steps before <paramref name="next"/>.</summary>
    /// <param name="next">The step that follows.</param>
    /// <param name="history">
    /// <see cref="History"/> after the step before it. The sampler takes the tensors over; they must live until the run ends.
    /// </param>
    /// <exception cref="SamplingException">No such step, a sampler that isn't fresh, or a history of another kind.</exception>
    void Restore(int next, IReadOnlyDictionary<string, Tensor> history) => StepOrder.CheckRestored(next, Levels.Count, history);

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
