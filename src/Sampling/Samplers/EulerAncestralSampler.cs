using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// Euler steps with fresh noise, as in ancestral sampling of DDPM (arXiv 2006.11239, equation 7, put in σ as k-diffusion does): a step
/// goes below the next level, to σ'²/σ, and noise of variance σ'² − (σ'²/σ)² brings it back up. First order, without history.
/// </summary>
public sealed class EulerAncestralSampler : ISampler
{
    private readonly Ops ops;
    private readonly TorchGenerator generator;
    private readonly NoiseType noiseType;
    private readonly (float Latents, float Output, float Noise)[] factors;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; pure noise counts as ᾱ = 2⁻²⁴.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <param name="generator">Gives the noise, once a step: the generator that drew the run's first latents.</param>
    /// <param name="noiseType">The type in which noise is drawn.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public EulerAncestralSampler(Ops ops, NoiseSchedule schedule, int steps, TorchGenerator generator, NoiseType noiseType)
        : this(ops, StepGrid.Of(schedule, steps), generator, noiseType) { }

    internal EulerAncestralSampler(Ops ops, StepGrid grid, TorchGenerator generator, NoiseType noiseType)
    {
        this.ops = ops;
        this.generator = generator;
        this.noiseType = noiseType;
        Levels = grid.Levels();
        factors = [.. Enumerable.Range(0, grid.Steps).Select(step => Factors(grid, step))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        StepOrder.CheckIndex(index, factors.Length);
        (float ofLatents, float ofOutput, float ofNoise) = factors[index];
        using MemoryScope scope = ops.Scope();
        Tensor noise = generator.Noise(ops, latents.Shape, noiseType);
        return scope.Keep(ops.LinearCombination((ofLatents, latents), (ofOutput, output), (ofNoise, noise)));
    }

    // x' = a'·x₀ + b'·(r·ε + √(1−r²)·noise) with r = σ'/σ, x₀ = a·x − b·v, ε = b·x + a·v.
    private static (float Latents, float Output, float Noise) Factors(StepGrid grid, int step)
    {
        (double a, double b) = (grid.Signal(step), grid.Noise(step));
        (double nextA, double nextB) = (grid.Signal(step + 1), grid.Noise(step + 1));
        double ratio = nextB * a / (nextA * b);
        double kept = nextB * ratio;
        return ((float)(nextA * a + kept * b), (float)(kept * a - nextA * b), (float)(nextB * Math.Sqrt(1 - ratio * ratio)));
    }
}
