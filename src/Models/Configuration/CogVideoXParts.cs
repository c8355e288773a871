namespace CogVideoX.Models.Configuration;

/// <summary>What CogVideoX's pipelines consist of.</summary>
internal sealed class CogVideoXParts
{
    /// <summary>The pipeline that runs.</summary>
    public const string TextToVideo = "CogVideoXPipeline";

    private const string Diffusers = "diffusers", Transformers = "transformers";

    // Those that don't run yet, with the reason.
    private static readonly Dictionary<string, string?> Pipelines = new()
    {
        [TextToVideo] = null,
        ["CogVideoXImageToVideoPipeline"] = "image to video is not supported yet (CogVideoXImageToVideoPipeline)",
        ["CogVideoXVideoToVideoPipeline"] = "video to video is not supported yet (CogVideoXVideoToVideoPipeline)",
    };

    private readonly string pipelineClass;

    /// <exception cref="ConfigException">Another pipeline, or a part is missing or of another class.</exception>
    public CogVideoXParts(ModelIndex index)
    {
        pipelineClass = index.PipelineClass;
        if (!Pipelines.ContainsKey(pipelineClass))
            throw index.WrongPipeline($"\"{TextToVideo}\"");
        Transformer = index.Require("transformer", [(Diffusers, TransformerConfig.ClassName)]);
        Vae = index.Require("vae", [(Diffusers, VaeConfig.ClassName)]);
        TextEncoder = index.Require("text_encoder", [(Transformers, T5Config.ClassName)]);
        Tokenizer = index.Require("tokenizer", [(Transformers, "T5Tokenizer"), (Transformers, "T5TokenizerFast")]);
        Scheduler = index.Require("scheduler", [(Diffusers, SchedulerConfig.DdimClass), (Diffusers, SchedulerConfig.DpmClass)]);
    }

    public ModelPart Transformer { get; }

    public ModelPart Vae { get; }

    public ModelPart TextEncoder { get; }

    public ModelPart Tokenizer { get; }

    public ModelPart Scheduler { get; }

    public SchedulerKind SchedulerKind => Scheduler.ClassName == SchedulerConfig.DpmClass ? SchedulerKind.Dpm : SchedulerKind.Ddim;

    /// <summary>Whether the library knows a pipeline's parts, though it may not run it yet.</summary>
    public static bool Knows(string pipelineClass) => Pipelines.ContainsKey(pipelineClass);

    /// <summary>Whether a part is one of those above.</summary>
    public bool Has(ModelPart part) => part == Transformer || part == Vae || part == TextEncoder || part == Tokenizer || part == Scheduler;

    public IEnumerable<string> Unsupported() => Pipelines[pipelineClass] is { } reason ? [reason] : [];
}
