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
    /// <param name="index">What the folder lists.</param>
    /// <param name="places">Parts that its folder may lack.</param>
    public CogVideoXParts(ModelIndex index, PartPlaces places)
    {
        if (!Knows(index.PipelineClass))
            throw index.WrongPipeline(string.Join(" or ", Pipelines.Select(name => $"\"{name}\"")));
        Transformer = index.Require("transformer", [(Diffusers, TransformerConfig.ClassName)], isElsewhere: places.Transformer is not null);
        Vae = index.Require("vae", [(Diffusers, VaeConfig.ClassName)], isElsewhere: places.Vae is not null);
        // Without them texts are given as embeddings.
        TextEncoder = index.Require("text_encoder", [(Transformers, T5Config.ClassName)], isElsewhere: true);
        Tokenizer = index.Require("tokenizer", [(Transformers, "T5Tokenizer"), (Transformers, "T5TokenizerFast")], isElsewhere: true);
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
