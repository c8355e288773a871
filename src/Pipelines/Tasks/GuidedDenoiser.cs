using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// The transformer as a sampler sees it: run for the negative prompt and the prompt at once, and guided from one to the other.
/// </summary>
internal sealed class GuidedDenoiser : IDisposable
{
    private readonly Ops ops;
    private readonly CogVideoXTransformer transformer;
    private readonly Conditions conditions;
    private readonly int batch;
    private readonly Guidance guidance;
    private readonly int steps;
    private readonly int evaluations;
    private readonly Action<int, int> blockDone; // made once: a step after the first allocates nothing
    private readonly Action<string, Tensor> checkTokens;
    private RecordedEvaluations? recorded;
    private string? problem;
    private int current, asked, replays;

    /// <param name="ops">Where to compute.</param>
    /// <param name="transformer">The model.</param>
    /// <param name="conditions">
    /// Text [B, T, width]: the negative prompt's embedding before the prompt's, or the latter alone; latents of one picture for both
    /// </param>
    /// <param name="guidance">How far to go beyond.</param>
    /// <param name="steps">Steps of the run, by which dynamic guidance goes.</param>
    /// <param name="evaluations">How often the run asks the model: as many, or more.</param>
    public GuidedDenoiser(
        Ops ops, CogVideoXTransformer transformer, Conditions conditions, Guidance guidance, int steps, int evaluations)
    {
        this.ops = ops;
        this.transformer = transformer;
        batch = conditions.Text.Shape[0];
        bool isShared = batch == 2 && !conditions.ImageLatents.IsNone;
        this.conditions = isShared
            ? conditions with { ImageLatents = ops.Concat(conditions.ImageLatents, conditions.ImageLatents, 0) }
            : conditions;
        this.guidance = guidance;
        this.steps = steps;
        this.evaluations = evaluations;
        blockDone = (done, blocks) => Progress?.Invoke(current, done, blocks);
        checkTokens = (_, tokens) =>
        {
            if (!ops.AllFinite(tokens))
                throw new NotFiniteException();
        };
    }

    /// <summary>Told after each block: which step, blocks done, blocks in all.</summary>
    public Action<int, int, int>? Progress { get; set; }

    /// <summary>Sees the transformer's output of each step, [B, F, C, H, W].</summary>
    public Action<int, Tensor>? Observer { get; set; }

    /// <summary>What the run keeps from step to step; null for nothing.</summary>
    public StepCache? Cache { get; init; }

    /// <summary>When each block's tokens are looked at, rather than the last block's output alone.</summary>
    public FiniteChecks CheckFinite { get; init; }

    /// <summary>Why an output may not be finite, as a sentence.</summary>
    public string Reason { get; init; } = FiniteCheck.Reason;

    /// <summary>
    /// Where evaluations behind the first are recorded and replayed: the scope that owns what that takes, which must last as long as this;
    /// null where each runs plainly.
    /// </summary>
    public MemoryScope? Records { get; set; }

    /// <summary>What was recorded; null where nothing was tried.</summary>
    public GraphRun? Graph => recorded is null && problem is null ? null : new GraphRun(recorded?.Launches ?? 0, replays, problem);

    /// <param name="latents">[1, F, C, H, W]</param>
    /// <param name="level">How noisy they are, and which step it is.</param>
    public Tensor Denoise(Tensor latents, NoiseLevel level)
    {
        ReadOnlySpan<double> timesteps = [level.Time, level.Time];
        timesteps = timesteps[..batch];
        current = level.Index;
        bool isReplayed = asked > 0 && IsRecorded(latents.Shape);
        bool checks = !ops.IsPlanning && (CheckFinite == FiniteChecks.Always || (CheckFinite == FiniteChecks.First && asked == 0));
        asked++;
        if (!TryEvaluate(latents, timesteps, isReplayed, checks, out Tensor output))
            throw FirstBadStage(ForAllRows(latents), timesteps, level);
        if (isReplayed)
        {
            replays++;
            Progress?.Invoke(current, 1, 1);
        }
        Observer?.Invoke(level.Index, output);
        if (batch == 2)
            return Guidance.Combine(ops, output.Rows(0, 1), output.Rows(1, 1), guidance.At(level, steps));
        return isReplayed ? ops.Slice(output, 0, 0, 1) : output; // the place of a recording's output is its own
    }

    /// <inheritdoc/>
    public void Dispose() => recorded?.Dispose();

    // False where the output isn't finite; or, where blocks are checked, behind the first whose tokens aren't.
    private bool TryEvaluate(Tensor latents, ReadOnlySpan<double> timesteps, bool isReplayed, bool checks, out Tensor output)
    {
        transformer.TokensObserver = checks ? checkTokens : null;
        try
        {
            output = isReplayed
                ? recorded!.Evaluate(latents, timesteps)
                : transformer.Forward(ForAllRows(latents), conditions, timesteps, blockDone, Cache);
            return ops.AllFinite(output);
        }
        catch (NotFiniteException)
        {
            output = default;
            return false;
        }
        finally
        {
            transformer.TokensObserver = null;
        }
    }

    private Tensor ForAllRows(Tensor latents) => batch == 2 ? ops.Concat(latents, latents, 0) : latents;

    // The first evaluation ran plainly. Where there is too little memory to record, all others do, too, and the result says so.
    private bool IsRecorded(Shape latents)
    {
        if (recorded is not null || Records is not { } scope)
            return recorded is not null;
        try
        {
            recorded = transformer.Record(scope, conditions, latents.With(0, batch), Cache);
            return true;
        }
        catch (OutOfMemoryException exception)
        {
            problem = $"Evaluations of the model were launched operation by operation; to record one: {exception.Message}";
            Records = null;
            return false;
        }
    }

    // Runs the step again with eyes open: where did it begin?
    private GenerationException FirstBadStage(Tensor input, ReadOnlySpan<double> timesteps, NoiseLevel level)
    {
        string? first = null;
        transformer.Observer = transformer.PartObserver = (stage, tensor) =>
        {
            if (first is null && !ops.AllFinite(tensor))
                first = stage;
        };
        try
        {
            transformer.Forward(input, conditions, timesteps);
        }
        finally
        {
            transformer.Observer = transformer.PartObserver = null; // the model outlives the run, also where memory ends here
        }
        return new GenerationException(
            $"The transformer's numbers aren't finite at step {level.Index + 1} of {evaluations} (timestep {level.Time}); "
            + $"the first NaN or infinity appears in its stage '{first ?? "output"}'. {Reason}");
    }

    // Ends an evaluation early, within this class.
    private sealed class NotFiniteException : Exception;
}
