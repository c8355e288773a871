using CogVideoX.Models.CogVideoX;
using CogVideoX.Pipelines.Media;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>One run of <see cref="TextToVideo"/>, stage by stage.</summary>
internal sealed class Generation(LoadedModel model, Ops ops, GenerationSettings settings, StageClock clock)
{
    private int finishedSteps;

    /// <summary>Sees the transformer's output of each step.</summary>
    public Action<int, Tensor>? OutputObserver { get; init; }

    /// <param name="start">Latents to begin from, or null for seeded noise.</param>
    /// <param name="saveLatents">A file for the latents, or null.</param>
    /// <param name="tracePath">A file for the embeddings and the latents of each step, or null.</param>
    public GenerationResult Run(Tensor? start, string? saveLatents, string? tracePath)
    {
        using MemoryScope scope = ops.Scope();
        try
        {
            Tensor latents = SampleTraced(start, saveLatents, tracePath);
            string? problem = saveLatents is null ? null : TrySave(saveLatents, latents);
            VideoFrames video = Decode(latents, problem is null ? saveLatents : null);
            return new GenerationResult(video, new VideoLatents(latents.ToFloats(), latents.Shape), settings, clock.Times)
            {
                LatentsProblem = problem,
            };
        }
        catch (OperationCanceledException exception) when (exception is not CancelledException)
        {
            throw new CancelledException(clock.Stage, finishedSteps, clock.Stage == GenerationStage.Decode ? saveLatents : null);
        }
        catch (OutOfMemoryException exception)
        {
            string stage = clock.Stage.ToString().ToLowerInvariant();
            throw new GenerationException($"The stage '{stage}' ran out of memory. {exception.Message}", inner: exception);
        }
    }

    // A disk that is full by now doesn't cost what was sampled.
    private static string? TrySave(string path, Tensor latents)
    {
        try
        {
            LatentFile.Write(path, latents);
            return null;
        }
        catch (OutputException exception)
        {
            return exception.Message;
        }
    }

    // → [1, F, C, H, W]
    private Tensor SampleTraced(Tensor? start, string? saveLatents, string? tracePath)
    {
        Shape text = [1, settings.MaxSequenceLength, model.Folder.Transformer.TextWidth];
        using var trace = new Trace(tracePath, settings, text, Planner.LatentShape(settings, model));
        try
        {
            return Sample(EncodePrompts(trace), start, trace, saveLatents);
        }
        finally
        {
            trace.Complete(); // of a run that is stopped or fails, too: that is when one wants to look
        }
    }

    // → [B, T, text width]: with guidance the negative prompt, then the prompt
    private Tensor EncodePrompts(Trace trace)
    {
        using MemoryScope scope = ops.Scope();
        string[] prompts = settings.IsGuided ? [settings.NegativePrompt, settings.Prompt] : [settings.Prompt];
        int[] ids = [.. prompts.SelectMany(prompt => model.Tokenizer.EncodePadded(prompt, settings.MaxSequenceLength).Ids)];
        clock.Begin(GenerationStage.Encode, 1);
        Tensor text = model.BuildTextEncoder(ops).Forward(
            ids, prompts.Length, (done, blocks) => clock.At((double)done / blocks));
        clock.End();
        FiniteCheck.Check(ops, text, "the text encoder's output");
        model.CloseTextEncoder();
        trace.AddEmbedding(text.Rows(prompts.Length - 1, 1), negative: false);
        if (settings.IsGuided)
            trace.AddEmbedding(text.Rows(0, 1), negative: true);
        return scope.Keep(text);
    }

    // → [1, F, C, H, W]
    private Tensor Sample(Tensor text, Tensor? start, Trace trace, string? saveLatents)
    {
        using MemoryScope scope = ops.Scope();
        var generator = new TorchGenerator(settings.Seed);
        NoiseType noise = NoiseTypeOf(settings.Dtype);
        Tensor latents = start ?? generator.Noise(ops, Planner.LatentShape(settings, model), noise);
        var schedule = new NoiseSchedule(ScheduleOptions.From(model.Folder.Scheduler));
        ISampler sampler = settings.Sampler == SamplerKind.Dpm
            ? new DpmSampler(ops, schedule, settings.Steps, generator, noise)
            : new DdimSampler(ops, schedule, settings.Steps);
        var guidance = new Guidance(settings.GuidanceScale, settings.DynamicGuidance ? GuidanceCurve.Dynamic : GuidanceCurve.Constant);
        CogVideoXTransformer transformer = model.BuildTransformer(ops);
        transformer.Prepare(latents.Shape);
        var denoiser = new GuidedDenoiser(ops, transformer, text, guidance, settings.Steps) { Observer = OutputObserver };

        clock.Begin(GenerationStage.Sample, settings.Steps);
        denoiser.Progress = (step, done, blocks) => clock.At(step + (double)done / (blocks + 1)); // the sampler is yet to come
        SamplingResult result = Sampler.Run(ops, sampler, latents, denoiser.Denoise, StepDone, cancellation: clock.Cancellation);
        if (result.IsCancelled)
            throw Cancelled(result.Latents, saveLatents);
        clock.End();
        return scope.Keep(result.Latents);

        void StepDone(SamplingStep step)
        {
            finishedSteps = step.Index + 1;
            clock.Tell(finishedSteps);
            trace.AddStep(step.Index, step.Latents);
        }
    }

    private CancelledException Cancelled(Tensor latents, string? saveLatents)
    {
        bool save = saveLatents is not null && finishedSteps > 0;
        if (save)
            LatentFile.Write(saveLatents!, latents);
        return new CancelledException(GenerationStage.Sample, finishedSteps, save ? saveLatents : null);
    }

    private VideoFrames Decode(Tensor latents, string? saved)
    {
        clock.Begin(GenerationStage.Decode, 1);
        try
        {
            VideoFrames video = new FrameDecoder(model, ops).Decode(latents, settings.VaeTiling == TilingMode.On, (done, chunks) => clock.At((double)done / chunks));
            clock.End();
            return video;
        }
        catch (OutOfMemoryException exception)
        {
            string file = saved ?? Path.GetFullPath($"latents-{settings.Seed}.safetensors");
            if (saved is null)
                LatentFile.Write(file, latents);
            throw new GenerationException(
                $"Decoding ran out of memory; the latents are in {file}. Decoding them in tiles needs less. ({exception.Message})",
                file,
                exception);
        }
    }

    private static NoiseType NoiseTypeOf(NoiseDtype type) => type switch
    {
        NoiseDtype.Bf16 => NoiseType.BF16,
        NoiseDtype.Fp16 => NoiseType.F16,
        _ => NoiseType.F32,
    };
}
