using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// The evaluations of one run as recordings: what changes from one to the next (latents, the waves of its timestep) is written to places
/// that stay, and all else is replayed. With a first-block cache there are three recordings: what goes up to the first block's comparison,
/// and what follows either way, between which the host decides; another cache has one for each pattern of reuse. The bits are those of
/// <see cref="CogVideoXTransformer.Forward"/>, which must have run before, with the same cache: kernels are loaded by their first launch.
/// </summary>
public sealed class RecordedEvaluations : IDisposable
{
    private readonly Ops ops;
    private readonly CogVideoXTransformer transformer;
    private readonly Conditions conditions;
    private readonly Shape shape;
    private readonly StepCache? cache;
    private readonly Positions positions;
    private readonly Shape tokensShape;
    private readonly int textTokens;
    private readonly RecordedWork[] works; // for each pattern of the cache
    private readonly Tensor latents, waves, ofsWaves, output, block;
    private bool isRecorded;
    private Tensor tokens, condition, added; // while work is recorded

    /// <param name="transformer">The model, prepared for the size.</param>
    /// <param name="ops">Where it computes, which records.</param>
    /// <param name="scope">
    /// Owns the memory of the recordings: about what an evaluation takes at most. It must last as long as this.
    /// </param>
    /// <param name="conditions">As <see cref="CogVideoXTransformer.Forward"/> takes them; they stay where they are.</param>
    /// <param name="shape">[B, F, C, H, W]: that of the latents.</param>
    /// <param name="cache">The run's, or null.</param>
    /// <exception cref="OutOfMemoryException">Nothing stays behind, and the run can go on without.</exception>
    internal RecordedEvaluations(
        CogVideoXTransformer transformer, Ops ops, MemoryScope scope, Conditions conditions, Shape shape, StepCache? cache)
    {
        using MemoryScope making = ops.Scope();
        (this.transformer, this.ops, this.conditions, this.shape, this.cache) = (transformer, ops, conditions, shape, cache);
        textTokens = conditions.Text.Shape[1];
        tokensShape = transformer.TokensOf(shape, textTokens);
        positions = transformer.PositionsOf(shape);
        latents = ops.Empty(shape);
        waves = transformer.Waves(new double[shape[0]]);
        ofsWaves = transformer.OfsWaves(conditions);
        output = ops.Empty(transformer.OutputOf(shape));
        works = Rehearsed();
        block = ops.EmptyBytes(works.Max(work => work.Bytes));
        foreach (Tensor tensor in (Tensor[])[latents, waves, output, block, .. ofsWaves.IsNone ? (Tensor[])[] : [ofsWaves]])
            scope.Adopt(tensor);
    }

    /// <summary>How many launches an evaluation that computes everything is; 0 before the first.</summary>
    public int Launches => works[0].Launches - (cache?.ComparesFirst == true ? works[0].LaunchesOf(1) : 0);

    /// <summary>An evaluation.</summary>
    /// <param name="given">[B, F, C, H, W], or [1, F, C, H, W] for all rows</param>
    /// <param name="timesteps">B of them</param>
    /// <returns>[B, F, C, H, W], until the next evaluation</returns>
    public Tensor Evaluate(Tensor given, ReadOnlySpan<double> timesteps)
    {
        for (int row = 0; row < shape[0]; row += given.Shape[0])
            ops.CopyInto(given, latents, 0, row);
        transformer.WriteWaves(timesteps, waves);
        Record();
        cache?.Begin(timesteps[0], tokensShape);
        if (cache?.ComparesFirst == true)
        {
            works[0].Replay(0);
            works[0].Replay(cache.SkipsRest() ? 1 : 2);
        }
        else
        {
            works[cache?.Pattern ?? 0].Replay(0);
        }
        return output;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RecordedWork work in works)
            work.Dispose();
    }

    // The copy is one that the recordings have too: its kernel runs here, where the plain evaluation may have needed none like it.
    private void Record()
    {
        if (isRecorded)
            return;
        ops.CopyInto(latents, output, 0, 0);
        foreach (RecordedWork work in works)
            work.Record(block);
        isRecorded = true;
    }

    private RecordedWork[] Rehearsed()
    {
        if (cache?.ComparesFirst == true)
            return [new RecordedWork(ops, RunFirst, LeaveEarly, RunRest)];
        return [.. Enumerable.Range(0, cache?.Patterns ?? 1).Select(pattern => new RecordedWork(ops, () => RunAll(pattern)))];
    }

    private void RunAll(int pattern)
    {
        if (cache is not null)
            cache.Pattern = pattern;
        using MemoryScope scope = ops.Scope();
        (tokens, condition) = Enter();
        RunFrom(0);
    }

    private void RunFirst()
    {
        using MemoryScope scope = ops.Scope();
        (tokens, condition) = Enter();
        Tensor next = transformer.RunBlock(0, tokens, textTokens, condition, positions, cache);
        added = scope.Keep(cache!.Compare(tokens, next, textTokens));
        (tokens, condition) = (scope.Keep(next), scope.Keep(condition));
    }

    // What it makes may lie where the other blocks have theirs: one of the two runs.
    private void LeaveEarly()
    {
        cache!.Pattern = 1;
        using MemoryScope scope = ops.Scope();
        Tensor video = ops.Slice(tokens, 1, textTokens, tokens.Shape[1] - textTokens);
        ops.CopyInto(transformer.LeaveVideo(video, condition, shape, cache), output, 0, 0);
    }

    private void RunRest()
    {
        cache!.Pattern = 0;
        using MemoryScope scope = ops.Scope();
        cache.Fill(added, tokens, textTokens);
        ops.Memory.Release(added);
        RunFrom(1);
    }

    private void RunFrom(int first)
    {
        for (int i = first; i < transformer.BlockCount; i++)
        {
            Tensor next = transformer.RunBlock(i, tokens, textTokens, condition, positions, cache);
            ops.Memory.Release(tokens);
            tokens = next;
        }
        ops.CopyInto(transformer.Leave(tokens, textTokens, condition, shape, cache), output, 0, 0);
    }

    private (Tensor Tokens, Tensor Condition) Enter() => transformer.Enter(latents, conditions, waves, ofsWaves, positions);
}
