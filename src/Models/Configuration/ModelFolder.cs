using CogVideoX.Models.T5;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// A checkpoint in Hugging Face's layout: <c>model_index.json</c> and a folder for each part. Opening it reads and checks the configs,
/// no weights.
/// </summary>
public sealed class ModelFolder
{
    private const string DiffusersWeights = "diffusion_pytorch_model";
    private const string TransformersWeights = "model";
    private const string NameOne = "Name the folder of a model, the one that has model_index.json in it.";
    private const int LongestPath = 1000;
    private readonly ModelIndex index;

    private ModelFolder(string path)
    {
        Path = path;
        if (!File.Exists(In(ModelIndex.FileName)))
            throw new ConfigException($"{In(ModelIndex.FileName)} doesn't exist. {FolderContents.Describe(path)}");
        index = ModelIndex.Read(In(ModelIndex.FileName));
        ConfigFile transformer = ConfigFile.Read(In("transformer", "config.json")), vae = ConfigFile.Read(In("vae", "config.json"));
        Transformer = TransformerConfig.Read(transformer);
        Vae = VaeConfig.Read(vae);
        TextEncoder = T5Config.Read(In("text_encoder", "config.json"));
        ConfigFile scheduler = ConfigFile.Read(In("scheduler", "scheduler_config.json"));
        Scheduler = SchedulerConfig.Read(scheduler, index.Scheduler);
        Notes =
        [
            .. SchedulerNote(scheduler),
            .. Unread(transformer, "dropout"), .. Unread(vae, "force_upcast"), .. Unread(scheduler, "sample_max_value"),
        ];
        Generation = File.Exists(In("generation_config.json")) ? GenerationConfig.Read(In("generation_config.json")) : null;
        TokenizerFile = In("tokenizer", "spiece.model");
        if (!File.Exists(TokenizerFile))
            throw new ConfigException(MissingTokenizer.Explain(TokenizerFile));
        CheckTogether();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The pipeline that the folder is made for, such as <c>CogVideoXPipeline</c>.</summary>
    public string PipelineClass => index.PipelineClass;

    /// <summary>The transformer's config.</summary>
    public TransformerConfig Transformer { get; }

    /// <summary>The VAE's config.</summary>
    public VaeConfig Vae { get; }

    /// <summary>The text encoder's config.</summary>
    public T5Config TextEncoder { get; }

    /// <summary>The scheduler's config.</summary>
    public SchedulerConfig Scheduler { get; }

    /// <summary>What the folder itself recommends, if it does.</summary>
    public GenerationConfig? Generation { get; }

    /// <summary>
    /// What was decided where configs disagree, and what they have that isn't known here: a sentence each. What the weights are like is
    /// told where they are read.
    /// </summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The SentencePiece model.</summary>
    public string TokenizerFile { get; }

    /// <summary>Reads and checks the configs of a folder.</summary>
    /// <exception cref="ConfigException">A file is missing or damaged, a value absurd, or a class unknown; the message says which, and the remedy.</exception>
    public static ModelFolder Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new ConfigException($"The path of the model is empty. {NameOne}");
        if (File.Exists(path))
            throw new ConfigException($"{path} is a file; a model is a folder with model_index.json in it.");
        if (!Directory.Exists(path))
            throw new ConfigException($"{Quoted.Line(path, LongestPath)} doesn't exist. {NameOne}");
        return new ModelFolder(path);
    }

    /// <summary>What this version can't do with the model, a phrase each; empty for models that run.</summary>
    public IReadOnlyList<string> Unsupported() =>
        [.. index.Unsupported(), .. Transformer.Unsupported(), .. PatchChannels(), .. Vae.Unsupported()];

    /// <summary>Refuses a model that can be read but not run.</summary>
    /// <exception cref="ConfigException">Says what isn't supported.</exception>
    public void CheckSupported()
    {
        IReadOnlyList<string> reasons = Unsupported();
        if (reasons.Count > 0)
            throw new ConfigException($"{Path} can't be run: {string.Join("; ", reasons)}. Use a text-to-video model such as CogVideoX-2b or CogVideoX-5b.");
    }

    /// <summary>Maps the transformer's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    public WeightFiles OpenTransformer() => WeightFiles.Open(In("transformer"), DiffusersWeights);

    /// <summary>Maps the VAE's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    public WeightFiles OpenVae() => WeightFiles.Open(In("vae"), DiffusersWeights);

    /// <summary>Maps the text encoder's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    public WeightFiles OpenTextEncoder() => WeightFiles.Open(In("text_encoder"), TransformersWeights);

    /// <summary>What the parts consist of; reads the headers of all weights.</summary>
    /// <exception cref="SafetensorsException">Weights are missing or damaged.</exception>
    public IReadOnlyList<ComponentInfo> Components() =>
    [
        Describe("text_encoder", OpenTextEncoder),
        Describe("transformer", OpenTransformer),
        Describe("vae", OpenVae),
    ];

    // A config of one model over weights of another: nothing is built from what isn't supported, which would tell it otherwise.
    private IEnumerable<string> PatchChannels()
    {
        if (Transformer.InChannels == Transformer.OutChannels)
            return [];
        try
        {
            using WeightFiles weights = OpenTransformer();
            Shape asked = [Transformer.Width, Transformer.InChannels, Transformer.PatchSize, Transformer.PatchSize];
            return weights.TryGet("patch_embed.proj.weight", out Tensor patch) && patch.Shape.Rank == asked.Rank && patch.Shape != asked
                ? [$"'patch_embed.proj.weight' has the shape {patch.Shape}, the config asks for {asked}"]
                : [];
        }
        catch (SafetensorsException)
        {
            return []; // told where the weights are opened
        }
    }

    private IEnumerable<string> SchedulerNote(ConfigFile scheduler)
    {
        if (SchedulerConfig.ReadOwnKind(scheduler) is { } own && own != Scheduler.Kind)
        {
            string? named = scheduler.TextOrNull("_class_name");
            yield return $"{scheduler.Path} names {named}, {index.Path} names {index.ClassOf("scheduler")}; the latter counts.";
        }
    }

    // A model of another kind may say so in a key of its own. "harmless" has no effect here (training, other precisions).
    private static IEnumerable<string> Unread(ConfigFile file, string harmless)
    {
        string[] unread = [.. file.Unread.Where(key => key != harmless)];
        if (unread.Length > 0)
            yield return $"{file.Path} has keys that aren't known and are ignored ({unread.Length}): {Quoted.Names(unread)}.";
    }

    private ComponentInfo Describe(string name, Func<WeightFiles> open)
    {
        using WeightFiles weights = open();
        var parameters = new SortedDictionary<DType, long>(Comparer<DType>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name)));
        foreach (string key in weights.Names)
        {
            weights.TryGet(key, out Tensor tensor);
            parameters[tensor.Type] = parameters.GetValueOrDefault(tensor.Type) + tensor.Count;
        }
        return new ComponentInfo(name, index.ClassOf(name), [.. weights.Files.Select(file => file.Path)], weights.Files.Sum(file => file.Bytes), parameters);
    }

    private void CheckTogether()
    {
        string transformer = In("transformer", "config.json");
        if (TextEncoder.Width != Transformer.TextWidth)
            throw new ConfigException($"{transformer}: 'text_embed_dim' is {Transformer.TextWidth}; it should be {TextEncoder.Width}, the d_model of {In("text_encoder", "config.json")}. The parts must be of the same model.");
        if (Vae.LatentChannels != Transformer.OutChannels)
            throw new ConfigException($"{transformer}: 'out_channels' is {Transformer.OutChannels}; it should be {Vae.LatentChannels}, the latent_channels of {In("vae", "config.json")}. The parts must be of the same model.");
        if (Vae.TemporalCompression != Transformer.TemporalCompression)
            throw new ConfigException($"{transformer}: 'temporal_compression_ratio' is {Transformer.TemporalCompression}; it should be {Vae.TemporalCompression}, as in {In("vae", "config.json")}. The parts must be of the same model.");
    }

    private string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);
}
