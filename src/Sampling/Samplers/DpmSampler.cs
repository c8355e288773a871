using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// SDE-DPM-Solver++ of second order, multistep (2M, arXiv 2211.01095), as CogVideoX uses it: each step extrapolates from the clean
/// latents of this step and of the one before, and adds fresh noise.
/// </summary>
public sealed class DpmSampler : ISampler
{
    private readonly Ops ops;
    private readonly NoiseSchedule schedule;
    private readonly TorchGenerator generator;
    private readonly NoiseType noiseType;
    private readonly int[] timesteps;
    private readonly StepHistory history;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <param name="generator">Gives the noise: the generator that drew the run's first latents, for the reference's numbers.</param>
    /// <param name="noiseType">The type in which noise is drawn.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public DpmSampler(Ops ops, NoiseSchedule schedule, int steps, TorchGenerator generator, NoiseType noiseType)
    {
        this.ops = ops;
        this.schedule = schedule;
        this.generator = generator;
        this.noiseType = noiseType;
        timesteps = schedule.Timesteps(steps);
        Levels = schedule.Levels(timesteps);
        history = new StepHistory(ops, timesteps.Length, "clean");
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> History => history.ToDictionary();

    /// <inheritdoc/>
    public void Restore(int next, IReadOnlyDictionary<string, Tensor> history) =>
        this.history.Restore(next, history, required: 1);

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        history.CheckNext(index);
        int timestep = timesteps[index];
        int next = schedule.TimestepAfter(timestep, timesteps.Length);
        // Down to the clean end the step is of first order: nothing is gained by looking back (and h is infinite).
        bool looksBack = history.Has(0) && next >= 0;
        DpmCoefficients coefficients = DpmCoefficients.Of(
            looksBack ? schedule.Alpha(timesteps[index - 1]) : null, schedule.Alpha(timestep), schedule.Alpha(next));

        using MemoryScope scope = ops.Scope();
        Tensor clean = scope.Keep(schedule.Clean(ops, latents, output, timestep));
        Tensor data = looksBack
            ? ops.LinearCombination(((float)(1 + coefficients.Back), clean), ((float)-coefficients.Back, history[0]))
            : clean;
        Tensor noise = DrawNoise(latents.Shape, twice: looksBack);
        Tensor result = scope.Keep(ops.LinearCombination(
            ((float)coefficients.Latents, latents), ((float)coefficients.Clean, data), ((float)coefficients.Noise, noise)));
        history.Set(0, clean);
        history.Finish(index);
        return result;
    }

    // The reference draws noise for a step of first order each time, and again where it then takes one of second order.
    private Tensor DrawNoise(Shape shape, bool twice)
    {
        if (twice)
            ops.Memory.Release(generator.Noise(ops, shape, noiseType));
        return generator.Noise(ops, shape, noiseType);
    }
}
