using CogVideoX.Models;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Noise, or given latents, to the latents of a video.</summary>
internal sealed class SampleStage : Stage
{
    public override string Name => GenerationStage.Sample;

    public override int Steps(RunState state) => SamplerTable.EvaluationsOf(state.Settings, state.Model);

    public override void Build(ModelParts parts) => _ = parts.Transformer;

    public override long WeightBytes(LoadedModel model) => model.TransformerBytes;

    public override int Tokens(RunState state)
    {
        Shape latents = state.LatentShape;
        int video = state.Model.Folder.Transformer.VideoTokens(latents[1], latents[3], latents[4]);
        return state.Settings.MaxSequenceLength.Decided() + video;
    }

    public override void Run(RunState state)
    {
        using MemoryScope scope = state.Ops.Scope();
        SamplingResult result = Sample(state, state.Parts.Transformer);
        if (result.IsCancelled)
            throw Cancelled(state, result.Latents);
        state.Hand(scope.Keep(result.Latents));
        Save(state);
    }

    private static SamplingResult Sample(RunState state, CogVideoXTransformer transformer)
    {
        (Ops ops, GenerationSettings settings, StageClock clock) = (state.Ops, state.Settings, state.Clock);
        var generator = new TorchGenerator(settings.Seed.Decided());
        Tensor latents = state.Start is { } start
            ? ops.FromHost(start.Values, start.Shape)
            : generator.Noise(ops, state.LatentShape, state.NoiseType);
        Conditions conditions = state.Conditions
            ?? throw new InvalidOperationException("Sampling needs conditions; a stage that encodes comes before it.");
        int steps = settings.Steps.Decided();
        GuidanceCurve curve = settings.DynamicGuidance.Decided() ? GuidanceCurve.Dynamic : GuidanceCurve.Constant;
        var guidance = new Guidance(settings.GuidanceScale.Decided(), curve);
        ISampler sampler = SamplerFor(state, generator);
        Shape rows = latents.Shape.With(0, conditions.Text.Shape[0]);
        StepCache? cache = settings.Cache.Decided().For(transformer, rows, conditions.Text.Shape[1]);
        var denoiser = new GuidedDenoiser(ops, transformer, conditions, guidance, steps, sampler.Levels.Count)
        {
            Cache = cache,
            Observer = state.OutputObserver,
            Progress = (step, done, blocks) => clock.At(step + (double)done / (blocks + 1)), // the sampler is yet to come
        };
        transformer.Prepare(latents.Shape);
        try
        {
            return Sampler.Run(ops, sampler, latents, denoiser.Denoise, StepDone, cancellation: clock.Cancellation);
        }
        finally
        {
            transformer.Forget();
            state.CacheUse = cache is null ? null : new StepCacheUse(cache.Evaluations, cache.Reusing);
        }

        void StepDone(SamplingStep step)
        {
            state.FinishedSteps = step.Index + 1;
            clock.Tell(state.FinishedSteps);
            state.Trace?.AddStep(step.Index, step.Latents);
        }
    }

    private static ISampler SamplerFor(RunState state, TorchGenerator generator)
    {
        var schedule = new NoiseSchedule(ScheduleOptions.From(state.Model.Folder.Scheduler));
        return SamplerTable.Of(state.Settings.Sampler.Decided())
            .Make(state.Ops, schedule, state.Settings.Steps.Decided(), generator, state.NoiseType);
    }

    private CancelledException Cancelled(RunState state, Tensor latents)
    {
        if (state.Files.SaveLatents is { } path && state.FinishedSteps > 0)
        {
            LatentFile.Write(path, latents);
            state.SavedLatents = path;
        }
        return new CancelledException(Name, state.FinishedSteps, state.SavedLatents);
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
