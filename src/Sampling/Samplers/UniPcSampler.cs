using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// UniPC of second order, multistep (arXiv 2302.04867, with data prediction and B(h) = e^h − 1): a step of DPM-Solver++ 2M, which the
/// model's output at its end corrects before the next begins. The correction asks the model nothing more and makes it third order.
/// Deterministic; the first step, and one to clean latents, are of first order.
/// </summary>
public sealed class UniPcSampler : ISampler
{
    private const int CleanBefore = 0, LatentsBefore = 1, CleanEarlier = 2; // places in the history

    private readonly Ops ops;
    private readonly StepGrid grid;
    private readonly DpmCoefficients[] predictors;
    private readonly UniPcCoefficients[] firstCorrectors, secondCorrectors;
    private readonly StepHistory history;

    /// <param name="ops">Where to compute.</param>
    /// <param name="schedule">The checkpoint's noise levels; pure noise counts as ᾱ = 2⁻²⁴.</param>
    /// <param name="steps">Steps from pure noise to a clean video.</param>
    /// <exception cref="SamplingException">Fewer than 1 step, or more than there are noise levels.</exception>
    public UniPcSampler(Ops ops, NoiseSchedule schedule, int steps) : this(ops, StepGrid.Of(schedule, steps)) { }

    internal UniPcSampler(Ops ops, StepGrid grid)
    {
        this.ops = ops;
        this.grid = grid;
        Levels = grid.Levels();
        int[] steps = [.. Enumerable.Range(0, grid.Steps)];
        predictors = [.. steps.Select(step => DpmCoefficients.Of(grid, step, withNoise: false))];
        firstCorrectors = [.. steps.Select(step => step < 1 ? default : UniPcCoefficients.Of(grid, step, isSecondOrder: false))];
        secondCorrectors = [.. steps.Select(step => step < 2 ? default : UniPcCoefficients.Of(grid, step, isSecondOrder: true))];
        history = new StepHistory(ops, grid.Steps, "clean", "latents", "clean-earlier");
    }

    /// <inheritdoc/>
    public IReadOnlyList<NoiseLevel> Levels { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> History => history.ToDictionary();

    /// <inheritdoc/>
    public void Restore(int next, IReadOnlyDictionary<string, Tensor> history) =>
        this.history.Restore(next, history, required: 2, optional: 1);

    /// <inheritdoc/>
    public Tensor Step(Tensor latents, Tensor output, int index)
    {
        history.CheckNext(index);
        DpmCoefficients step = predictors[index];
        using MemoryScope scope = ops.Scope();
        Tensor clean = scope.Keep(ops.LinearCombination(((float)grid.Signal(index), latents), ((float)-grid.Noise(index), output)));
        Tensor corrected = scope.Keep(Corrected(latents, clean, index));
        Tensor data = history.Has(CleanBefore) && step.Back != 0
            ? ops.LinearCombination(((float)(1 + step.Back), clean), ((float)-step.Back, history[CleanBefore]))
            : clean;
        Tensor result = scope.Keep(ops.LinearCombination(((float)step.Latents, corrected), ((float)step.Clean, data)));
        Remember(clean, corrected, index);
        return result;
    }

    // The first latents are the caller's, who gives them back: the history has a copy.
    private Tensor Corrected(Tensor latents, Tensor clean, int index)
    {
        if (!history.Has(CleanBefore))
            return ops.LinearCombination((1, latents));
        if (!history.Has(CleanEarlier))
        {
            UniPcCoefficients first = firstCorrectors[index];
            return ops.LinearCombination(
                ((float)first.Latents, history[LatentsBefore]), ((float)first.Before, history[CleanBefore]), ((float)first.Here, clean));
        }
        UniPcCoefficients second = secondCorrectors[index];
        return ops.LinearCombination(
            ((float)second.Latents, history[LatentsBefore]), ((float)second.Before, history[CleanBefore]),
            ((float)second.Earlier, history[CleanEarlier]), ((float)second.Here, clean));
    }

    private void Remember(Tensor clean, Tensor corrected, int index)
    {
        history.Move(CleanBefore, CleanEarlier);
        history.Set(CleanBefore, clean);
        history.Set(LatentsBefore, corrected);
        history.Finish(index);
    }
}
