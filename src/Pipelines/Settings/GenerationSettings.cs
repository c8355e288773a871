using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>
/// Every setting of a run. What is null is left open, and decided by one rule: a request goes before the folder's
/// <c>generation_config.json</c>, that before what is known of the released models, that before the checkpoint's own configs. The settings
/// of a plan or a result have all been decided.
/// </summary>
// A new one is a member here with its line in All; merging, checking, metadata and the command line's names follow from it.
public record GenerationSettings
{
    /// <summary>Where the noise begins unless it is told.</summary>
    public const ulong DefaultSeed = 42;

    /// <summary>Frames a second unless somebody says otherwise.</summary>
    internal static FrameRate DefaultRate { get; } = new(8);

    /// <summary>What to show, in words.</summary>
    public string? Prompt { get; init; }

    /// <summary>What not to show. The empty text, which is the default, is what the models were trained to be steered away from.</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Where the noise begins. The same seed and settings give the same video, bit for bit.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Pixels; a multiple of 16 for the released models.</summary>
    public int? Width { get; init; }

    /// <summary>Pixels; a multiple of 16 for the released models.</summary>
    public int? Height { get; init; }

    /// <summary>8·N + 1 for the released models.</summary>
    public int? Frames { get; init; }

    /// <summary>Frames a second of the file; it doesn't change what is generated.</summary>
    public FrameRate? Rate { get; init; }

    /// <summary>How many times the transformer runs; 50 unless the checkpoint says otherwise.</summary>
    public int? Steps { get; init; }

    /// <summary>How strongly to follow the prompt; 1 turns guidance off, which halves the work.</summary>
    public double? GuidanceScale { get; init; }

    /// <summary>Guidance that varies over the steps, as the 5b models are used with.</summary>
    public bool? DynamicGuidance { get; init; }

    /// <summary>How noise is taken away.</summary>
    public SamplerKind? Sampler { get; init; }

    /// <summary>The type that noise is drawn in; the transformer's own if null.</summary>
    public NoiseDtype? Dtype { get; init; }

    /// <summary>Tokens that a prompt is padded or cut to; the transformer's largest if null.</summary>
    public int? MaxSequenceLength { get; init; }

    /// <summary>Whether to decode in tiles; where memory decides if null.</summary>
    public TilingMode? VaeTiling { get; init; }

    /// <summary>
    /// How much of a given video is made anew, above 0, up to 1: so much of the steps are run, from the noise level that belongs to it.
    /// 0.8 unless it is given; null without a video.
    /// </summary>
    public double? Strength { get; init; }

    /// <summary>How a given picture comes to the video's size; cropped unless it is given, null without a picture.</summary>
    public ImageFit? Fit { get; init; }

    /// <summary>
    /// What the VAE's latents of a given picture are multiplied by before the transformer sees them; null without a picture. Where the
    /// checkpoint has <c>invert_scale_latents</c> (CogVideoX 1.5) it is 1, as the model was trained (SAT); diffusers takes 1/scaling_factor
    /// there, which users found too bright (zai-org/CogVideo #761). Otherwise it is scaling_factor.
    /// </summary>
    public double? ImageLatentScale { get; init; }

    /// <summary>
    /// Takes counts of frames that the model wasn't trained on: then the video has the frames that its latents decode to. Null where that
    /// isn't asked for.
    /// </summary>
    public bool? AnySize { get; init; }

    /// <summary>
    /// How many videos one generator draws noise for, as the reference does for a batch; null for one of its own.
    /// </summary>
    public int? BatchSize { get; init; }

    /// <summary>Which of them this is, from 0; null for a generator of its own.</summary>
    public int? BatchRow { get; init; }

    /// <summary>Whether steps take parts of their results from steps before; by default none does.</summary>
    public StepCaching? Cache { get; init; }

    /// <summary>Every member, in the order in which metadata list them.</summary>
    internal static IReadOnlyList<Setting> All { get; } =
    [
        new(nameof(Prompt), "prompt", typeof(string), s => s.Prompt, (s, v) => s with { Prompt = (string)v })
        {
            IsInList = false,
            Check = (v, _) => PromptCheck.Check((string)v, nameof(Prompt), mayBeEmpty: false),
        },
        new(
            nameof(NegativePrompt), "negative-prompt", typeof(string),
            s => s.NegativePrompt, (s, v) => s with { NegativePrompt = (string)v })
        {
            IsInList = false,
            Default = _ => "",
            Check = (v, _) => PromptCheck.Check((string)v, nameof(NegativePrompt), mayBeEmpty: true),
        },
        new(nameof(Seed), "seed", typeof(ulong), s => s.Seed, (s, v) => s with { Seed = (ulong)v })
        {
            IsInList = false,
            Default = _ => DefaultSeed,
        },
        new(nameof(Width), "width", typeof(int), s => s.Width, (s, v) => s with { Width = (int)v })
        {
            IsInEveryFile = true,
            Default = model => model.Folder.Transformer.SampleWidth * model.Folder.Vae.SpatialCompression,
            Check = (v, model) => SizeRules.CheckSize(nameof(Width), (int)v, model.Folder),
        },
        new(nameof(Height), "height", typeof(int), s => s.Height, (s, v) => s with { Height = (int)v })
        {
            IsInEveryFile = true,
            Default = model => model.Folder.Transformer.SampleHeight * model.Folder.Vae.SpatialCompression,
            Check = (v, model) => SizeRules.CheckSize(nameof(Height), (int)v, model.Folder),
        },
        new(nameof(Frames), "frames", typeof(int), s => s.Frames, (s, v) => s with { Frames = (int)v })
        {
            IsInEveryFile = true,
            Default = model => model.Folder.Transformer.SampleFrames,
            CheckBeside = (v, settings, model) => SizeRules.CheckFrames(
                nameof(Frames), (int)v, model.Folder, settings.AnySize ?? false),
        },
        new(nameof(Rate), "fps", typeof(FrameRate), s => s.Rate, (s, v) => s with { Rate = (FrameRate)v })
        {
            IsInEveryFile = true,
            Default = _ => DefaultRate,
        },
        new(nameof(Steps), "steps", typeof(int), s => s.Steps, (s, v) => s with { Steps = (int)v })
        {
            IsInEveryFile = true,
            Default = _ => SamplingRules.DefaultSteps,
            Check = (v, model) => SamplingRules.CheckSteps(nameof(Steps), (int)v, model.Folder.Scheduler.TrainTimesteps),
        },
        new(nameof(GuidanceScale), "guidance-scale", typeof(double), s => s.GuidanceScale, (s, v) => s with { GuidanceScale = (double)v })
        {
            IsInEveryFile = true,
            Default = _ => SamplingRules.DefaultGuidanceScale,
            Check = (v, _) => SamplingRules.CheckScale(nameof(GuidanceScale), (double)v),
        },
        new(nameof(DynamicGuidance), "dynamic-cfg", typeof(bool), s => s.DynamicGuidance, (s, v) => s with { DynamicGuidance = (bool)v })
        {
            IsInEveryFile = true,
            Default = _ => false,
        },
        new(nameof(Sampler), "sampler", typeof(SamplerKind), s => s.Sampler, (s, v) => s with { Sampler = (SamplerKind)v })
        {
            IsInEveryFile = true,
            Default = model => SamplingRules.SamplerOf(model.Folder.Scheduler.Kind),
        },
        new(nameof(Dtype), "dtype", typeof(NoiseDtype), s => s.Dtype, (s, v) => s with { Dtype = (NoiseDtype)v })
        {
            IsInEveryFile = true,
            Default = model => SamplingRules.NoiseOf(model.TransformerType),
        },
        new(
            nameof(MaxSequenceLength), "max-sequence-length", typeof(int),
            s => s.MaxSequenceLength, (s, v) => s with { MaxSequenceLength = (int)v })
        {
            IsInEveryFile = true,
            Default = model => model.Folder.Transformer.MaxTextLength,
            Check = (v, model) => SizeRules.CheckTokens(nameof(MaxSequenceLength), (int)v, model.Folder),
        },
        new(nameof(VaeTiling), "vae-tiling", typeof(TilingMode), s => s.VaeTiling, (s, v) => s with { VaeTiling = (TilingMode)v })
        {
            IsInEveryFile = true,
            Default = _ => TilingMode.Auto,
        },
        new(nameof(Strength), "strength", typeof(double), s => s.Strength, (s, v) => s with { Strength = (double)v })
        {
            IsOptional = true,
            CheckBeside = (v, settings, _) => SamplingRules.CheckStrength((double)v, settings.Steps.Decided()),
        },
        new(nameof(Fit), "fit", typeof(ImageFit), s => s.Fit, (s, v) => s with { Fit = (ImageFit)v }) { IsOptional = true },
        new(
            nameof(ImageLatentScale), "image-latent-scale", typeof(double),
            s => s.ImageLatentScale, (s, v) => s with { ImageLatentScale = (double)v })
        {
            IsOptional = true,
            Check = (v, _) => SamplingRules.CheckImageLatentScale((double)v),
        },
        new(nameof(BatchSize), "batch-size", typeof(int), s => s.BatchSize, (s, v) => s with { BatchSize = (int)v })
        {
            IsOptional = true,
            CheckBeside = (v, settings, _) => SamplingRules.CheckBatch((int)v, settings.BatchRow),
        },
        new(nameof(BatchRow), "batch-row", typeof(int), s => s.BatchRow, (s, v) => s with { BatchRow = (int)v })
        {
            IsOptional = true,
            CheckBeside = (_, settings, _) => SamplingRules.CheckBatch(settings.BatchSize, settings.BatchRow),
        },
        new(nameof(AnySize), "any-size", typeof(bool), s => s.AnySize, (s, v) => s with { AnySize = (bool)v }) { IsOptional = true },
        new(nameof(Cache), "cache", typeof(StepCaching), s => s.Cache, (s, v) => s with { Cache = (StepCaching)v })
        {
            Default = _ => StepCaching.None,
            LeftOutOfFiles = StepCaching.None,
        },
    ];

    /// <summary>Whether the prompt steers at all: without guidance the negative prompt isn't used.</summary>
    [JsonIgnore]
    public bool IsGuided => GuidanceScale > 1;

    /// <summary>
    /// These settings, and where they leave one open that of <paramref name="weaker"/>: the rule by which all are merged.
    /// </summary>
    public GenerationSettings Or(GenerationSettings weaker)
    {
        ArgumentNullException.ThrowIfNull(weaker);
        GenerationSettings merged = this;
        foreach (Setting setting in All)
        {
            if (setting.Of(merged) is null && setting.Of(weaker) is { } value)
                merged = setting.With(merged, value);
        }
        return merged;
    }

    /// <summary>For a video file: enough to repeat the run exactly. Only of settings that have been decided.</summary>
    /// <param name="model">What to call the checkpoint; kept as it is given, so give a name that means something elsewhere too.</param>
    /// <param name="inputs">What to call the files that the run began from; likewise.</param>
    /// <param name="loras">The adapters that the pipeline had, with what to call them for paths, or null; likewise.</param>
    /// <param name="compute">What the pipeline computed in (<see cref="GenerationSummary.CpuCompute"/>); null leaves it out.</param>
    /// <param name="parts">What to call parts that came from elsewhere than the checkpoint; likewise.</param>
    public GenerationMetadata ToMetadata(
        string model, RunInputs? inputs = null, LoraOptions? loras = null, ComputeType? compute = null, PartSources? parts = null)
    {
        var list = new OrderedDictionary<string, JsonNode?> { [MetadataNames.Model] = model };
        foreach (Setting setting in All.Where(setting => setting.IsKept(this)))
            list[setting.Name] = setting.ToJson(this);
        foreach ((string name, string? value) in (parts ?? PartSources.None).Named.Concat((inputs ?? RunInputs.None).Named))
        {
            if (value is not null)
                list[name] = value;
        }
        foreach ((string name, JsonNode? value) in (loras ?? LoraOptions.None).ToMetadata())
            list[name] = value;
        if (compute is { } type)
            list[MetadataNames.Compute] = SettingValue.ToText(type);
        return new GenerationMetadata(Prompt ?? "", NegativePrompt ?? "", Seed ?? DefaultSeed, list);
    }

    /// <summary>The settings that a video file keeps: the inverse of <see cref="ToMetadata"/>.</summary>
    /// <exception cref="FormatException">One is missing or something else; the message names it and its value.</exception>
    public static GenerationSettings From(GenerationMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var settings = new GenerationSettings
        {
            Prompt = metadata.Prompt,
            NegativePrompt = metadata.NegativePrompt,
            Seed = metadata.Seed,
        };
        foreach (Setting setting in All.Where(setting => setting.IsInList))
        {
            if (metadata.Settings.TryGetValue(setting.Name, out JsonNode? value) && value is not null)
                settings = setting.WithJson(settings, value);
            else if (setting.IsInEveryFile)
                throw new FormatException($"'{setting.Name}' is missing");
            else if (setting.LeftOutOfFiles is { } leftOut)
                settings = setting.With(settings, leftOut);
        }
        return settings;
    }
}
