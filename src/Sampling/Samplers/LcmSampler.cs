using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// Multistep sampling of latent consistency models (arXiv 2310.04378, algorithm 3): the model's clean latents are taken at their word and
/// noised anew to the next of few levels. For models distilled so that this holds; of others it makes a blurred video.
/// </summary>
public sealed class LcmSampler : ISampler
{
    /// <summary>The most steps: those of the run that a model is distilled from, whose timesteps these are among.</summary>
    public const int LargestSteps = 50;

    // Of the boundary condition of a consistency model (arXiv 2310.04378): f(x, t) = c_skip·x + c_out·x₀, with these values in diffusers.
    private const double TimeScale = 10, DataDeviation = 0.5;

    private readonly Ops ops;
    private readonly TorchGenerator generator;
    private readonly NoiseType noiseType;
    private readonly (float Latents, float Output, float Noise)[] factors;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; ᾱ may be 0.</param>
    /// <param name="steps">Steps from pure noise to a clean video, 1 to <see cref="LargestSteps"/>; 4 to 8 are usual.</param>
    /// <param name="generator">Gives the noise of each step but the last: the generator that drew the run's first latents.</param>
    /// <param name="noiseType">The type in which noise is drawn.</param>
    /// <exception cref="SamplingException">Another count of steps, or fewer noise levels than <see cref="LargestSteps"/>.</exception>
    public LcmSampler(Ops ops, NoiseSchedule schedule, int steps, TorchGenerator generator, NoiseType noiseType)
    {
        this.ops = ops;
        this.generator = generator;
        this.noiseType = noiseType;
        int[] timesteps = Timesteps(schedule, steps);
        Levels = schedule.Levels(timesteps);
        factors = [.. timesteps.Select((timestep, index) =>
            Factors(schedule, timestep, index + 1 < steps ? timesteps[index + 1] : null))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        StepOrder.CheckIndex(index, factors.Length);
        (float ofLatents, float ofOutput, float ofNoise) = factors[index];
        if (index == factors.Length - 1)
            return ops.LinearCombination((ofLatents, latents), (ofOutput, output));
        using MemoryScope scope = ops.Scope();
        Tensor noise = generator.Noise(ops, latents.Shape, noiseType);
        return scope.Keep(ops.LinearCombination((ofLatents, latents), (ofOutput, output), (ofNoise, noise)));
    }

    // Evenly chosen, rounded down, from the 50 timesteps of the distilled run: 19, 39, …, 999.
    private static int[] Timesteps(NoiseSchedule schedule, int steps)
    {
        if (steps < 1 || steps > LargestSteps)
            throw new SamplingException($"LCM can't take {steps} steps: choose 1 to {LargestSteps}; it is made for 4 to 8.");
        int stride = schedule.TrainSteps / LargestSteps;
        if (stride == 0)
            throw new SamplingException($"LCM chooses from {LargestSteps} noise levels, and this model has {schedule.TrainSteps}.");
        return [.. Enumerable.Range(0, steps).Select(step => (LargestSteps - step * LargestSteps / steps) * stride - 1)];
    }

    // x' = √ᾱ'·(c_out·x₀ + c_skip·x) + √(1−ᾱ')·noise with x₀ = √ᾱ·x − √(1−ᾱ)·v; the last step leads to the consistency model's own word.
    private static (float Latents, float Output, float Noise) Factors(NoiseSchedule schedule, int timestep, int? next)
    {
        double scaled = timestep * TimeScale;
        double square = scaled * scaled + DataDeviation * DataDeviation;
        (double skip, double clean) = (DataDeviation * DataDeviation / square, scaled / Math.Sqrt(square));
        double alpha = schedule.Alpha(timestep), nextAlpha = next is { } level ? schedule.Alpha(level) : 1;
        double signal = Math.Sqrt(nextAlpha);
        return (
            (float)(signal * (clean * Math.Sqrt(alpha) + skip)), (float)(-signal * clean * Math.Sqrt(1 - alpha)),
            (float)Math.Sqrt(1 - nextAlpha));
    }
}
