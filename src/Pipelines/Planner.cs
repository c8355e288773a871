using CogVideoX.Models.CogVideoX;
using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Plans a run by running it dry: the same forward passes on a device that only counts. What it finds is what the run takes, since
/// it is the same code.
/// </summary>
internal static class Planner
{
    private const double UsableShare = 0.9; // the runtime, the frames and the system want some of what is free
    private const int SamplerTensors = 4;   // beside the transformer's: the latents, the output, and DPM's history and noise

    /// <summary>Decides on tiles, counts memory and arithmetic, and refuses what can't fit.</summary>
    /// <exception cref="RequestException">More memory is needed than is free.</exception>
    public static GenerationPlan Plan(GenerationSettings settings, LoadedModel model, long freeBytes)
    {
        RefuseIfNoArrayHolds(settings);
        _ = new NoiseSchedule(ScheduleOptions.From(model.Folder.Scheduler)); // refuses a schedule that can't be sampled
        StagePlan encode = Encode(settings, model), sample = Sample(settings, model);
        RefuseIfTooLarge(encode, freeBytes, nameof(GenerationRequest.MaxSequenceLength), "Shorter prompts need less.");
        RefuseIfTooLarge(sample, freeBytes, nameof(GenerationRequest.Width), "A smaller size or fewer frames need less.");
        (StagePlan decode, bool tiled) = Decode(LatentShape(settings, model), model, settings.VaeTiling, freeBytes);
        settings = settings with { VaeTiling = tiled ? TilingMode.On : TilingMode.Off };
        return new GenerationPlan(settings, [encode, sample, decode], freeBytes, PlanWarnings.Of(settings, model));
    }

    /// <summary>The same for the VAE alone.</summary>
    /// <exception cref="RequestException">More memory is needed than is free.</exception>
    public static (StagePlan Plan, bool Tiled) Decode(Shape latents, LoadedModel model, TilingMode tiling, long freeBytes)
    {
        StagePlan plan = DryDecode(latents, model, tiling == TilingMode.On);
        bool tiled = tiling == TilingMode.On || (tiling == TilingMode.Auto && !Fits(plan, freeBytes));
        if (tiled && tiling == TilingMode.Auto)
            plan = DryDecode(latents, model, tiled: true);
        if (tiled)
            RefuseIfTooLarge(plan, freeBytes, nameof(GenerationRequest.Width), "A smaller size or fewer frames need less.");
        else
            RefuseIfTooLarge(plan, freeBytes, nameof(GenerationRequest.VaeTiling), "Decoding in tiles needs less.");
        return (plan, tiled);
    }

    private static StagePlan Encode(GenerationSettings settings, LoadedModel model)
    {
        using Ops ops = Ops.Planning();
        Shape ids = [settings.IsGuided ? 2 : 1, settings.MaxSequenceLength];
        model.BuildTextEncoder(ops).Forward(new int[ids.Count], ids[0]);
        return new StagePlan(GenerationStage.Encode, model.TextEncoderBytes, ops.Memory.PeakBytes, ops.PlannedFlops, settings.MaxSequenceLength);
    }

    private static StagePlan Sample(GenerationSettings settings, LoadedModel model)
    {
        using Ops ops = Ops.Planning();
        CogVideoXTransformer transformer = model.BuildTransformer(ops);
        int batch = settings.IsGuided ? 2 : 1;
        Shape latents = LatentShape(settings, model);
        transformer.Prepare(latents);
        Tensor text = ops.Empty([batch, settings.MaxSequenceLength, model.Folder.Transformer.TextWidth]);
        transformer.Forward(ops.Empty(latents.With(0, batch)), text, new int[batch]);
        long oneLatent = latents.Count * sizeof(float);
        return new StagePlan(
            GenerationStage.Sample, model.TransformerBytes, ops.Memory.PeakBytes + SamplerTensors * oneLatent,
            OfSteps(ops.PlannedFlops, settings.Steps),
            settings.MaxSequenceLength + model.Folder.Transformer.VideoTokens(latents[1], latents[3], latents[4]));
    }

    /// <summary>The operations of several steps; at most 2⁶³ − 1, where a request may be however large.</summary>
    internal static long OfSteps(long flops, int steps) => (long)Int128.Min(long.MaxValue, (Int128)flops * steps);

    private static StagePlan DryDecode(Shape shape, LoadedModel model, bool tiled)
    {
        using Ops ops = Ops.Planning();
        Tensor planes = new FrameDecoder(model, ops).Planes(ops.Empty(shape), tiled, progress: null);
        return new StagePlan(GenerationStage.Decode, model.VaeBytes, ops.Memory.PeakBytes, ops.PlannedFlops, Tokens: 0, planes.Bytes);
    }

    public static Shape LatentShape(GenerationSettings settings, LoadedModel model)
    {
        int compression = model.Folder.Vae.SpatialCompression;
        return [1, model.Folder.Transformer.LatentFrames(settings.Frames), model.Folder.Vae.LatentChannels, settings.Height / compression, settings.Width / compression];
    }

    private static void RefuseIfNoArrayHolds(GenerationSettings settings)
    {
        if (3L * settings.Frames * settings.Height * settings.Width > Array.MaxLength)
        {
            throw new RequestException(
                nameof(GenerationRequest.Width),
                $"{settings.Frames} frames of {settings.Width}×{settings.Height} are more than one array can hold; "
                + "choose a smaller size or fewer frames.");
        }
    }

    private static bool Fits(StagePlan plan, long freeBytes) => plan.PeakBytes <= freeBytes * UsableShare;

    private static void RefuseIfTooLarge(StagePlan plan, long freeBytes, string property, string remedy)
    {
        if (!Fits(plan, freeBytes))
        {
            throw new RequestException(
                property,
                $"the stage '{plan.Stage.ToString().ToLowerInvariant()}' needs {ByteSize.ToText(plan.PeakBytes)} "
                + $"for its tensors{(plan.ResultBytes > 0 ? " and the video" : "")} "
                + $"(and {ByteSize.ToText(plan.WeightBytes)} of weights, mapped), and {ByteSize.ToText(freeBytes)} are free. {remedy}");
        }
    }
}
