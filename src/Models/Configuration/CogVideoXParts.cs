namespace CogVideoX.Models.Configuration;

/// <summary>What CogVideoX's pipelines consist of.</summary>
internal sealed class CogVideoXParts
{
    /// <summary>The best known of the pipelines.</summary>
    public const string BestKnown = "CogVideoXPipeline";

    private const string Diffusers = "diffusers", Transformers = "transformers";

    // What a checkpoint can do depends on its transformer alone, whichever of them it names.
    private static readonly string[] Pipelines = [BestKnown, "CogVideoXImageToVideoPipeline", "CogVideoXVideoToVideoPipeline"];

    /// <exception cref="ConfigException">Another pipeline, or a part is missing or of another class.</exception>
    public CogVideoXParts(ModelIndex index)
    {
        if (!Knows(index.PipelineClass))
            throw index.WrongPipeline(string.Join(" or ", Pipelines.Select(name => $"\"{name}\"")));
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

    /// <summary>Whether a pipeline consists of these parts.</summary>
    public static bool Knows(string pipelineClass) => Pipelines.Contains(pipelineClass);

    /// <summary>Whether a part is one of those above.</summary>
    public bool Has(ModelPart part) => part == Transformer || part == Vae || part == TextEncoder || part == Tokenizer || part == Scheduler;
}
