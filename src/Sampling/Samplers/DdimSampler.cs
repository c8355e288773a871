using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// Denoising diffusion implicit models with η = 0 (arXiv 2010.02502, equation 12): the noise that the model sees in the latents is
/// put back at the next, lower level. Deterministic, without history.
/// </summary>
public sealed class DdimSampler : ISampler
{
    private readonly Ops ops;
    private readonly NoiseSchedule schedule;
    private readonly int[] timesteps;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public DdimSampler(Ops ops, NoiseSchedule schedule, int steps)
    {
        this.ops = ops;
        this.schedule = schedule;
        timesteps = schedule.Timesteps(steps);
        Levels = schedule.Levels(timesteps);
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        StepOrder.CheckIndex(index, timesteps.Length);
        int timestep = timesteps[index];
        double alpha = schedule.Alpha(timestep);
        double nextAlpha = schedule.Alpha(schedule.TimestepAfter(timestep, timesteps.Length));

        // x' = √ᾱ'·x₀ + √(1−ᾱ')·ε with ε = (x − √ᾱ·x₀) / √(1−ᾱ), sorted by x and x₀: no division by ᾱ,
        // which is 0 at first.
        double latentsPart = Math.Sqrt((1 - nextAlpha) / (1 - alpha));
        double cleanPart = Math.Sqrt(nextAlpha) - Math.Sqrt(alpha) * latentsPart;
        using MemoryScope scope = ops.Scope();
        Tensor clean = schedule.Clean(ops, latents, output, timestep);
        return scope.Keep(ops.LinearCombination(((float)latentsPart, latents), ((float)cleanPart, clean)));
    }
}
