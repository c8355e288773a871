using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// Euler's method on the probability flow (arXiv 2206.00364, algorithm 1 without its second half): the noise that the model sees is put
/// back at the next level. First order, deterministic, without history. It is DDIM, but each step ends where the next begins.
/// </summary>
public sealed class EulerSampler : ISampler
{
    private readonly Ops ops;
    private readonly (float Latents, float Output)[] factors;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; pure noise counts as ᾱ = 2⁻²⁴.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public EulerSampler(Ops ops, NoiseSchedule schedule, int steps) : this(ops, StepGrid.Of(schedule, steps)) { }

    internal EulerSampler(Ops ops, StepGrid grid)
    {
        this.ops = ops;
        Levels = grid.Levels();
        factors = [.. Enumerable.Range(0, grid.Steps).Select(step => Factors(grid, step))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        StepOrder.CheckIndex(index, factors.Length);
        (float ofLatents, float ofOutput) = factors[index];
        return ops.LinearCombination((ofLatents, latents), (ofOutput, output));
    }

    // x' = a'·x₀ + b'·ε with x₀ = a·x − b·v and ε = b·x + a·v, sorted by x and v: a turn by the angle between the levels.
    private static (float Latents, float Output) Factors(StepGrid grid, int step)
    {
        (double a, double b) = (grid.Signal(step), grid.Noise(step));
        (double nextA, double nextB) = (grid.Signal(step + 1), grid.Noise(step + 1));
        return ((float)(nextA * a + nextB * b), (float)(nextB * a - nextA * b));
    }
}
