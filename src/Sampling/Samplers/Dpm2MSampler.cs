using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// DPM-Solver++ of second order, multistep (2M, arXiv 2211.01095, algorithm 2; with noise, its SDE form): each step extrapolates from the
/// clean latents of this step and of the one before. The first step, and one to clean latents, are of first order.
/// </summary>
/// <remarks><see cref="DpmSampler"/> is CogVideoX's own form with noise: it steps 1000 / steps back, and draws noise twice.</remarks>
public sealed class Dpm2MSampler : ISampler
{
    private readonly Ops ops;
    private readonly StepGrid grid;
    private readonly TorchGenerator? generator;
    private readonly NoiseType noiseType;
    private readonly DpmCoefficients[] coefficients;
    private readonly StepHistory history;

    /// <summary>Without noise: DPM-Solver++ 2M.</summary>
    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; pure noise counts as ᾱ = 2⁻²⁴.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public Dpm2MSampler(Ops ops, NoiseSchedule schedule, int steps) : this(ops, StepGrid.Of(schedule, steps), null, default) { }

    /// <summary>With fresh noise at every step: SDE-DPM-Solver++ 2M.</summary>
    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; pure noise counts as ᾱ = 2⁻²⁴.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <param name="generator">Gives the noise, once a step: the generator that drew the run's first latents.</param>
    /// <param name="noiseType">The type in which noise is drawn.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public Dpm2MSampler(Ops ops, NoiseSchedule schedule, int steps, TorchGenerator generator, NoiseType noiseType)
        : this(ops, StepGrid.Of(schedule, steps), generator, noiseType) { }

    internal Dpm2MSampler(Ops ops, StepGrid grid, TorchGenerator? generator, NoiseType noiseType)
    {
        this.ops = ops;
        this.grid = grid;
        this.generator = generator;
        this.noiseType = noiseType;
        Levels = grid.Levels();
        coefficients =
            [.. Enumerable.Range(0, grid.Steps).Select(step => DpmCoefficients.Of(grid, step, withNoise: generator is not null))];
        history = new StepHistory(ops, grid.Steps, "clean");
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
        DpmCoefficients step = coefficients[index];
        using MemoryScope scope = ops.Scope();
        Tensor clean = scope.Keep(ops.LinearCombination(((float)grid.Signal(index), latents), ((float)-grid.Noise(index), output)));
        Tensor data = history.Has(0) && step.Back != 0
            ? ops.LinearCombination(((float)(1 + step.Back), clean), ((float)-step.Back, history[0]))
            : clean;
        Tensor result = scope.Keep(Next(latents, data, step));
        history.Set(0, clean);
        history.Finish(index);
        return result;
    }

    private Tensor Next(Tensor latents, Tensor data, in DpmCoefficients step)
    {
        if (generator is null)
            return ops.LinearCombination(((float)step.Latents, latents), ((float)step.Clean, data));
        Tensor noise = generator.Noise(ops, latents.Shape, noiseType);
        return ops.LinearCombination(((float)step.Latents, latents), ((float)step.Clean, data), ((float)step.Noise, noise));
    }
}
