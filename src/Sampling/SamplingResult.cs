using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>What a run left: clean latents, or those of the last finished step where it was cancelled.</summary>
/// <param name="Latents">In the scope of the caller; the start itself where no step was finished.</param>
/// <param name="NextStep">The step that would follow; the number of steps when all are done.</param>
/// <param name="IsCancelled">Whether it was cancelled before the end.</param>
public readonly record struct SamplingResult(Tensor Latents, int NextStep, bool IsCancelled);
