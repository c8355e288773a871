using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Decides what a request leaves open: the request, else the folder's <c>generation_config.json</c>, else what is known of the released
/// models, else the checkpoint's own configs; and checks what can be checked from them.
/// </summary>
internal static class RequestResolver
{
    private const double DefaultFramesPerSecond = 8;
    private const double DefaultGuidanceScale = 6, LargestGuidanceScale = 1000;
    private const int DefaultSteps = 50, LargestSize = 8192, LargestFrames = 1001, FrameGroup = 8;

    /// <exception cref="RequestException">Something that this model can't do; the message says what it can.</exception>
    public static GenerationSettings Resolve(GenerationRequest request, LoadedModel model)
    {
        ModelFolder folder = model.Folder;
        TransformerConfig transformer = folder.Transformer;
        int compression = folder.Vae.SpatialCompression, multiple = compression * transformer.PatchSize;
        GenerationConfig known = Known(folder);
        SchedulerKind scheduler = known.Scheduler ?? folder.Scheduler.Kind;
        CheckNamed(nameof(request.Sampler), request.Sampler);
        CheckNamed(nameof(request.Dtype), request.Dtype);
        CheckNamed<TilingMode>(nameof(request.VaeTiling), request.VaeTiling);
        PromptCheck.Check(request.Prompt, nameof(request.Prompt), mayBeEmpty: false);
        PromptCheck.Check(request.NegativePrompt, nameof(request.NegativePrompt), mayBeEmpty: true);
        return new GenerationSettings
        {
            Prompt = request.Prompt,
            NegativePrompt = request.NegativePrompt,
            Seed = request.Seed,
            Width = Size(nameof(request.Width), request.Width ?? known.Width ?? transformer.SampleWidth * compression, multiple),
            Height = Size(nameof(request.Height), request.Height ?? known.Height ?? transformer.SampleHeight * compression, multiple),
            Frames = FrameCount(request.Frames ?? known.Frames ?? transformer.SampleFrames),
            Rate = request.Rate ?? RateOf(known),
            Steps = StepCount(request.Steps ?? known.Steps ?? DefaultSteps, folder.Scheduler.TrainTimesteps),
            GuidanceScale = Scale(request.GuidanceScale ?? known.GuidanceScale ?? DefaultGuidanceScale),
            DynamicGuidance = request.DynamicGuidance ?? known.DynamicGuidance ?? false,
            Sampler = request.Sampler ?? (scheduler == SchedulerKind.Dpm ? SamplerKind.Dpm : SamplerKind.Ddim),
            Dtype = request.Dtype ?? DtypeOf(model.TransformerType),
            MaxSequenceLength = SequenceLength(request.MaxSequenceLength ?? transformer.MaxTextLength, transformer.MaxTextLength),
            VaeTiling = request.VaeTiling,
        };
    }

    /// <summary>The frame rate that videos of a checkpoint are meant to be seen at.</summary>
    /// <exception cref="RequestException">The checkpoint recommends one that no file can hold.</exception>
    public static FrameRate RateOf(GenerationConfig known)
    {
        try
        {
            return FrameRate.FromDouble(known.FramesPerSecond ?? DefaultFramesPerSecond);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw new RequestException(
                nameof(GenerationRequest.Rate),
                FormattableString.Invariant($"this model recommends {known.FramesPerSecond} frames a second, which no file can hold; ")
                + "choose a rate such as 8 or 29.97.",
                exception);
        }
    }

    /// <summary>What the folder itself, or else the table of released models, says about how to use it.</summary>
    public static GenerationConfig Known(ModelFolder folder) => (folder.Generation ?? new GenerationConfig()).Or(ReleasedModels.Find(folder.Transformer));

    private static void CheckNamed<T>(string property, T? value) where T : struct, Enum
    {
        if (value is { } given && !Enum.IsDefined(given))
            throw new RequestException(property, $"{given} is none of {string.Join(", ", Enum.GetNames<T>())}.");
    }

    private static int Size(string property, int pixels, int multiple)
    {
        if (pixels > 0 && pixels <= LargestSize && pixels % multiple == 0)
            return pixels;
        if (pixels is <= 0 or > LargestSize)
        {
            throw new RequestException(
                property, $"{pixels} pixels can't be made; choose a multiple of {multiple} from {multiple} to {LargestSize}.");
        }
        int below = pixels / multiple * multiple;
        string nearest = below == 0 ? $"{multiple} is" : $"{below} and {below + multiple} are";
        throw new RequestException(property, $"{pixels} isn't a multiple of {multiple}, which this model needs; {nearest}.");
    }

    private static int FrameCount(int frames)
    {
        if (frames > 0 && frames <= LargestFrames && frames % FrameGroup == 1)
            return frames;
        if (frames is <= 0 or > LargestFrames)
        {
            throw new RequestException(
                nameof(GenerationRequest.Frames),
                $"{frames} frames can't be made; choose {FrameGroup}·N + 1 frames, such as 9, 17 or 49, at most {LargestFrames}.");
        }
        int below = (frames - 1) / FrameGroup * FrameGroup + 1;
        throw new RequestException(
            nameof(GenerationRequest.Frames),
            $"{frames} isn't {FrameGroup}·N + 1, which this model needs; {below} and {below + FrameGroup} are the nearest.");
    }

    private static int StepCount(int steps, int trainSteps) => steps > 0 && steps <= trainSteps
        ? steps
        : throw new RequestException(
            nameof(GenerationRequest.Steps), $"{steps} steps can't be taken; choose from 1 to {trainSteps}, such as {DefaultSteps}.");

    private static double Scale(double scale) => scale is >= 0 and <= LargestGuidanceScale
        ? scale
        : throw new RequestException(
            nameof(GenerationRequest.GuidanceScale),
            FormattableString.Invariant($"{scale} isn't a guidance scale; choose from 0 to {LargestGuidanceScale}, ")
            + FormattableString.Invariant($"such as {DefaultGuidanceScale}; up to 1 it is off."));

    private static int SequenceLength(int length, int largest) => length > 0 && length <= largest
        ? length
        : throw new RequestException(
            nameof(GenerationRequest.MaxSequenceLength), $"{length} tokens don't fit; this model takes from 1 to {largest}.");

    private static NoiseDtype DtypeOf(DType type) => type == DType.F32 ? NoiseDtype.Fp32 : type == DType.F16 ? NoiseDtype.Fp16 : NoiseDtype.Bf16;
}
