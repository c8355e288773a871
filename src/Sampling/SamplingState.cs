using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// A run between two steps, as values on the host: enough to go on, in another process too, with the bits of a run that wasn't
/// interrupted. Which sampler, settings and model it was is for the caller to keep beside it.
/// </summary>
public sealed record SamplingState
{
    /// <summary>The step that follows.</summary>
    public required int NextStep { get; init; }

    /// <summary>How many the run has.</summary>
    public required int Steps { get; init; }

    /// <summary>The latents, at the noise level of the step that follows.</summary>
    public required KeptTensor Latents { get; init; }

    /// <summary><see cref="ISampler.History"/></summary>
    public required IReadOnlyDictionary<string, KeptTensor> History { get; init; }

    /// <summary>The generator that drew the noise so far, for the next draws.</summary>
    public required GeneratorState Generator { get; init; }

    /// <summary>The state after a step. Take it when the step is done: one that is cancelled later may have drawn noise already.</summary>
    /// <param name="step">The finished step, as <see cref="Sampler.Run"/> tells of it.</param>
    /// <param name="sampler">The sampler that took it.</param>
    /// <param name="generator">The run's generator, whether the sampler draws from it or not.</param>
    public static SamplingState Of(in SamplingStep step, ISampler sampler, TorchGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(generator);
        return new SamplingState
        {
            NextStep = step.Index + 1,
            Steps = step.Count,
            Latents = KeptTensor.Of(step.Latents),
            History = sampler.History.ToDictionary(entry => entry.Key, entry => KeptTensor.Of(entry.Value)),
            Generator = generator.State,
        };
    }

    /// <summary>
    /// Gives a fresh sampler its history back. Run it from <see cref="NextStep"/> on, with a generator made from
    /// <see cref="Generator"/>.
    /// </summary>
    /// <param name="ops">Where the run goes on. The history lives in its innermost scope, which has to last for the run.</param>
    /// <param name="sampler">A new sampler of the same kind and number of steps.</param>
    /// <returns>The latents to begin from.</returns>
    /// <exception cref="SamplingException">A state of another kind of run, or one whose tensors don't fit each other.</exception>
    public Tensor Restore(Ops ops, ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(ops);
        ArgumentNullException.ThrowIfNull(sampler);
        if (sampler.Levels.Count != Steps)
            throw new SamplingException($"The state is of a run of {Steps} steps; this one has {sampler.Levels.Count}.");
        CheckShapes();
        sampler.Restore(NextStep, History.ToDictionary(entry => entry.Key, entry => OnDevice(ops, entry.Value)));
        return OnDevice(ops, Latents);
    }

    private void CheckShapes()
    {
        foreach ((string name, KeptTensor tensor) in History.Append(new("latents of the run", Latents)))
        {
            if (tensor.Shape != Latents.Shape || tensor.Values.Length != tensor.Shape.Count)
            {
                throw new SamplingException(
                    $"The state's '{name}' has {tensor.Values.Length} values of {tensor.Shape}; the latents' shape is {Latents.Shape}.");
            }
        }
    }

    private static Tensor OnDevice(Ops ops, KeptTensor tensor) => ops.FromHost(tensor.Values.Span, tensor.Shape);
}
