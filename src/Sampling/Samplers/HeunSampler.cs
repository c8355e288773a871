using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// Heun's method on the probability flow in σ (arXiv 2206.00364, algorithm 1): an Euler step, and from where it leads the same step
/// again with the mean of both slopes. Second order, deterministic; each step asks the model twice, but for one to clean latents, which
/// stays Euler's. <see cref="Levels"/> has every evaluation.
/// </summary>
/// <remarks>
/// At zero terminal SNR the first step is one trapezoid from σ near 4096 to 10 or so, whose error spoils a short run: see
/// <see cref="FewestUsefulSteps"/>.
/// </remarks>
public sealed class HeunSampler : ISampler
{
    /// <summary>
    /// From zero terminal SNR, with fewer steps than this, Euler with half the work does better, on the bundled model or on normal data
    /// (measured: docs/samplers.md).
    /// </summary>
    public const int FewestUsefulSteps = 40;

    private readonly Ops ops;
    private readonly StepHistory history;
    private readonly Factors[] factors;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; pure noise counts as ᾱ = 2⁻²⁴.</param>
    /// <param name="steps">Steps from pure noise to a clean video, of two evaluations each.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public HeunSampler(Ops ops, NoiseSchedule schedule, int steps) : this(ops, StepGrid.Of(schedule, steps)) { }

    internal HeunSampler(Ops ops, StepGrid grid)
    {
        this.ops = ops;
        factors = [.. Enumerable.Range(0, grid.Steps).Select(step => Factors.Of(grid, step))];
        int evaluations = Evaluations(grid.Steps, grid.EndsClean);
        Levels = [.. Enumerable.Range(0, evaluations).Select(index => grid.Level((index + 1) / 2, index))];
        history = new StepHistory(ops, evaluations, "half");
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public int EvaluationsPerStep => 2;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> History => history.ToDictionary();

    /// <summary>How often a run asks the model.</summary>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="endsClean">Whether the last leads to latents without noise, where the model can't be asked.</param>
    public static int Evaluations(int steps, bool endsClean) => endsClean ? 2 * steps - 1 : 2 * steps;

    /// <inheritdoc/>
    public void Restore(int next, IReadOnlyDictionary<string, Tensor> history) =>
        this.history.Restore(next, history, required: IsSecond(next) && next < Levels.Count ? 1 : 0); // a run may have ended there

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        history.CheckNext(index);
        Factors step = factors[index / 2];
        return IsSecond(index) ? Correct(output, step, index) : Predict(latents, output, step, index);
    }

    private Tensor Predict(Tensor latents, Tensor output, in Factors step, int index)
    {
        Tensor ahead = ops.LinearCombination((step.EulerLatents, latents), (step.EulerOutput, output));
        if (index + 1 < Levels.Count)
            history.Set(0, ops.LinearCombination((step.HalfLatents, latents), (step.HalfOutput, output)));
        history.Finish(index);
        return ahead;
    }

    private Tensor Correct(Tensor output, in Factors step, int index)
    {
        if (!history.Has(0))
        {
            throw new SamplingException(
                $"A run of Heun's method can't begin at evaluation {index}, the second of its step; begin at {index - 1} or {index + 1}.");
        }
        Tensor result = ops.LinearCombination((1, history[0]), (step.AheadOutput, output));
        history.Set(0, default);
        history.Finish(index);
        return result;
    }

    private static bool IsSecond(int index) => index % 2 == 1;

    /// <summary>
    /// Euler: x" = a'·x₀ + b'·ε, where the second evaluation is. Heun: x' = a'·(x₀ + (σ+σ')/2·ε) − a'·(σ−σ')/2·ε' with ε' = b'·x" + a'·v',
    /// sorted by x, v (together the half that is kept) and v'. So sorted, the large terms of a first step from σ = 4096 cancel in double.
    /// </summary>
    private readonly record struct Factors(float EulerLatents, float EulerOutput, float HalfLatents, float HalfOutput, float AheadOutput)
    {
        public static Factors Of(StepGrid grid, int step)
        {
            (double a, double b) = (grid.Signal(step), grid.Noise(step));
            (double nextA, double nextB) = (grid.Signal(step + 1), grid.Noise(step + 1));
            (double eulerLatents, double eulerOutput) = (nextA * a + nextB * b, nextB * a - nextA * b);
            double sum = (nextA * b / a + nextB) / 2, difference = (nextA * b / a - nextB) / 2; // a'·(σ ± σ')/2
            return new Factors(
                (float)eulerLatents, (float)eulerOutput,
                (float)(nextA * a + sum * b - difference * nextB * eulerLatents),
                (float)(sum * a - nextA * b - difference * nextB * eulerOutput),
                (float)(-difference * nextA));
        }
    }
}
