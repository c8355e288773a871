using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Pipelines.Media;
using CogVideoX.Pipelines.Previews;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Noise, given latents, or those of a video with noise, to the latents of a video.</summary>
internal sealed class SampleStage : Stage
{
    public override string Name => GenerationStage.Sample;

    public override int Steps(RunState state) => SamplerTable.EvaluationsOf(state.Settings, state.Model);

    public override int StepsBefore(RunState state) =>
        state.Resume is { } resume ? resume.NextStep - (resume.Steps - Steps(state)) : 0;

    public override void Build(ModelParts parts) => _ = parts.Transformer;

    public override void LetGo(ModelParts parts)
    {
        if (parts.Ops.HoldsWeights)
            parts.CloseTransformer();
    }

    public override long WeightBytes(LoadedModel model) => model.TransformerBytes;

    public override int Tokens(RunState state)
    {
        Shape latents = state.LatentShape;
        int video = state.Model.Folder.Transformer.VideoTokens(latents[1], latents[3], latents[4]);
        return state.Settings.MaxSequenceLength.Decided() + video;
    }

    public override void Run(RunState state)
    {
        state.Ops.KeptWeightsLimit = state.Plan?.KeptWeightsBytes ?? 0;
        try
        {
            RunHere(state);
        }
        finally
        {
            state.Ops.KeptWeightsLimit = 0; // the transformer's alone: other parts read theirs once
        }
    }

    private void RunHere(RunState state)
    {
        using MemoryScope scope = state.Ops.Scope();
        if (state.Resume?.ImageLatents is { } image)
            state.HandImage(scope.Keep(state.Ops.FromHost(image.Values.Span, image.Shape)));
        SamplingResult result = Sample(state, state.Parts.Transformer, scope);
        Tensor latents = state.WithoutPadding(result.Latents);
        if (result.IsCancelled)
            throw Cancelled(state, latents);
        state.Hand(scope.Keep(latents));
        Save(state);
    }

    private static SamplingResult Sample(RunState state, CogVideoXTransformer transformer, MemoryScope scope)
    {
        (Ops ops, GenerationSettings settings, StageClock clock) = (state.Ops, state.Settings, state.Clock);
        ISampler sampler = SamplerFor(state);
        int steps = settings.Steps.Decided();
        int first = settings.Strength is { } strength ? Strength.FirstStep(sampler, strength) : 0;
        int stepsToRun = settings.Strength is { } share ? Strength.StepsToRun(steps, share) : steps;
        int next = state.Resume?.NextStep ?? first;
        Tensor latents = Begin(state, sampler, first);
        state.FinishedSteps = next - first;
        if (next == sampler.Levels.Count)
            return new SamplingResult(latents, next, IsCancelled: false);
        Conditions conditions = state.Conditions
            ?? throw new InvalidOperationException("Sampling needs conditions; a stage that encodes comes before it.");
        GuidanceCurve curve = settings.DynamicGuidance.Decided() ? GuidanceCurve.Dynamic : GuidanceCurve.Constant;
        var guidance = new Guidance(settings.GuidanceScale.Decided(), curve);
        Shape rows = latents.Shape.With(0, conditions.Text.Shape[0]);
        StepCache? cache = settings.Cache.Decided().For(transformer, rows, conditions.Text.Shape[1]);
        using var denoiser = new GuidedDenoiser(ops, transformer, conditions, guidance, stepsToRun, sampler.Levels.Count)
        {
            Cache = cache,
            Records = ops.CanRecord && state.Trace is null && state.CheckFinite != FiniteChecks.Always ? scope : null,
            Reason = FiniteCheck.ReasonOf(state),
            CheckFinite = state.CheckFinite,
            Observer = state.OutputObserver is { } observer ? (step, output) => observer(step - first, output) : null,
            Progress = (step, done, blocks) => clock.At(step - first + (double)done / (blocks + 1)), // the sampler is yet to come
        };
        var keeper = StateKeeper.Of(state, sampler);
        var preview = PreviewWriter.Of(state);
        transformer.Prepare(latents.Shape);
        try
        {
            Denoiser model = preview is null ? denoiser.Denoise : preview.Watch(denoiser.Denoise, sampler);
            return Sampler.Run(ops, sampler, latents, model, StepDone, next, clock.Cancellation);
        }
        finally
        {
            transformer.Forget();
            state.Graph = denoiser.Graph;
            state.CacheUse = cache is null ? null : new StepCacheUse(cache.Evaluations, cache.Reusing);
        }

        void StepDone(SamplingStep step)
        {
            state.FinishedSteps = step.Index - first + 1;
            keeper?.Keep(step);
            preview?.Show();
            clock.Tell(state.FinishedSteps);
            state.Trace?.AddStep(step.Index - first, step.Latents);
        }
    }

    private static Tensor Begin(RunState state, ISampler sampler, int first)
    {
        Ops ops = state.Ops;
        if (state.Resume is { } resume)
            return resume.Sampling.Restore(ops, sampler);
        if (state.Start is { } start)
            return ops.FromHost(start.Values, start.Shape);
        Tensor noise = state.Generator.Noise(ops, state.LatentShape, state.NoiseType);
        Tensor latents = state.VideoLatents.IsNone ? noise : Sampler.AddNoise(ops, sampler, state.VideoLatents, noise, first);
        state.Observer?.Invoke("start_latents", latents);
        return latents;
    }

    private static ISampler SamplerFor(RunState state)
    {
        var schedule = new NoiseSchedule(ScheduleOptions.From(state.Model.Folder.Scheduler));
        return SamplerTable.Of(state.Settings.Sampler.Decided())
            .Make(state.Ops, schedule, state.Settings.Steps.Decided(), state.Generator, state.NoiseType);
    }

    private CancelledException Cancelled(RunState state, Tensor latents)
    {
        if (state.Files.SaveLatents is { } path && state.FinishedSteps > 0)
        {
            LatentFile.Write(path, latents);
            state.SavedLatents = path;
        }
        return new CancelledException(Name, state.FinishedSteps, state.SavedLatents, state.KeptState);
    }

    // A disk that is full by now doesn't cost what was sampled.
    private static void Save(RunState state)
    {
        if (state.Files.SaveLatents is not { } path)
            return;
        try
        {
            LatentFile.Write(path, state.Latents);
            state.SavedLatents = path;
        }
        catch (OutputException exception)
        {
            state.LatentsProblem = exception.Message;
        }
    }
}
