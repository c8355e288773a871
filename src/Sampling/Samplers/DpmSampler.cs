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
    private Tensor cleanBefore;
    private int? lastIndex;

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
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        CheckOrder(index);
        int timestep = timesteps[index];
        int next = schedule.TimestepAfter(timestep, timesteps.Length);
        // Down to the clean end the step is of first order: nothing is gained by looking back (and h is infinite).
        bool looksBack = !cleanBefore.IsNone && next >= 0;
        DpmCoefficients coefficients = DpmCoefficients.Of(
            looksBack ? schedule.Alpha(timesteps[index - 1]) : null, schedule.Alpha(timestep), schedule.Alpha(next));

        using MemoryScope scope = ops.Scope();
        Tensor clean = scope.Keep(schedule.Clean(ops, latents, output, timestep));
        Tensor data = looksBack
            ? ops.LinearCombination(((float)(1 + coefficients.Back), clean), ((float)-coefficients.Back, cleanBefore))
            : clean;
        Tensor noise = DrawNoise(latents.Shape, twice: looksBack);
        Tensor result = scope.Keep(ops.LinearCombination(
            ((float)coefficients.Latents, latents), ((float)coefficients.Clean, data), ((float)coefficients.Noise, noise)));
        Remember(clean, index);
        return result;
    }

    // The reference draws noise for a step of first order each time, and again where it then takes one of second order.
    private Tensor DrawNoise(Shape shape, bool twice)
    {
        if (twice)
            ops.Memory.Release(generator.Noise(ops, shape, noiseType));
        return generator.Noise(ops, shape, noiseType);
    }

    private void Remember(Tensor clean, int index)
    {
        if (!cleanBefore.IsNone)
            ops.Memory.Release(cleanBefore);
        cleanBefore = clean;
        lastIndex = index;
    }

    private void CheckOrder(int index)
    {
        StepOrder.CheckIndex(index, timesteps.Length);
        if (lastIndex is { } last && index != last + 1)
        {
            throw new SamplingException(
                $"Step {index} can't follow step {last}: DPM looks back one step. Make a new sampler for each run.");
        }
    }
}
