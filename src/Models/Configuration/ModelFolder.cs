using CogVideoX.Models.T5;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Models.Configuration;

/// <summary>
/// A checkpoint in Hugging Face's layout: <c>model_index.json</c> and a folder for each part. Opening it reads and checks the configs,
/// no weights.
/// </summary>
public sealed class ModelFolder
{
    private const string NameOne = "Name the folder of a model, the one that has model_index.json in it.";
    private const int LongestPath = 1000;
    private readonly CogVideoXParts parts;
    private readonly PartPlace transformerPlace, vaePlace, textEncoderPlace;
    private readonly T5Config? textEncoder;

    private ModelFolder(string path, PartPlaces places)
    {
        Path = path;
        Index = ModelIndex.Read(path);
        parts = new CogVideoXParts(Index, places);
        transformerPlace = new PartPlace(parts.Transformer, path, places.Transformer);
        vaePlace = new PartPlace(parts.Vae, path, places.Vae);
        textEncoderPlace = new PartPlace(parts.TextEncoder, path, places.TextEncoder);
        ConfigFile transformer = ConfigFile.Read(ConfigOf(transformerPlace, parts.Transformer));
        ConfigFile vae = ConfigFile.Read(ConfigOf(vaePlace, parts.Vae));
        Transformer = TransformerConfig.Read(transformer);
        if (transformerPlace.Config is null)
            Transformer = ElsewhereConfig.Fit(Transformer, transformer.Path, transformerPlace);
        Vae = VaeConfig.Read(vae);
        TextEncoderProblem = textEncoderPlace.IsElsewhere ? null : Index.Problem(parts.TextEncoder);
        if (TextEncoderProblem is null)
            textEncoder = ReadTextEncoder();
        ConfigFile scheduler = ConfigFile.Read(In("scheduler", "scheduler_config.json"));
        Scheduler = SchedulerConfig.Read(scheduler, parts.SchedulerKind);
        Notes =
        [
            .. OtherParts(), .. SchedulerNote(scheduler),
            .. Unread(transformer, "dropout"), .. Unread(vae, "force_upcast"), .. Unread(scheduler, "sample_max_value"),
        ];
        Generation = File.Exists(GenerationFile) ? GenerationConfig.Read(GenerationFile) : null;
        CheckTogether();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What the folder says that it consists of.</summary>
    internal ModelIndex Index { get; }

    /// <summary>The pipeline that the folder is made for, such as <c>CogVideoXPipeline</c>.</summary>
    public string PipelineClass => Index.PipelineClass;

    /// <summary>The transformer's config.</summary>
    public TransformerConfig Transformer { get; }

    /// <summary>The VAE's config.</summary>
    public VaeConfig Vae { get; }

    /// <summary>The text encoder's config.</summary>
    /// <exception cref="ConfigException">The folder has no text encoder: then texts can only be given as embeddings.</exception>
    public T5Config TextEncoder => textEncoder ?? throw new ConfigException(TextEncoderProblem!);

    /// <summary>Why there is no text encoder, as a sentence; null where there is one.</summary>
    internal string? TextEncoderProblem { get; }

    /// <summary>The scheduler's config.</summary>
    public SchedulerConfig Scheduler { get; }

    /// <summary>Which counts of frames its videos may have.</summary>
    public FrameRule FrameRule => FrameRule.Of(Transformer, Vae);

    /// <summary>All files but weights that a video depends on: configs and tokenizer, not what the folder merely recommends.</summary>
    internal IReadOnlyList<string> FilesThatDecide =>
    [
        .. new[]
        {
            Index.Path, ConfigOf(transformerPlace, parts.Transformer), ConfigOf(vaePlace, parts.Vae), TextEncoderConfig,
            In("scheduler", "scheduler_config.json"), TokenizerFiles.VocabularyIn(In("tokenizer")),
        }.Where(File.Exists), // there may be no text encoder
        .. TokenizerFiles.AddedIn(In("tokenizer")) is { } added ? [added] : Array.Empty<string>(),
    ];

    /// <summary>Where the folder says what it recommends, if it does.</summary>
    internal string GenerationFile => In("generation_config.json");

    /// <summary>What the folder itself recommends, if it does.</summary>
    internal GenerationConfig? Generation { get; }

    /// <summary>
    /// What was decided where configs disagree, and what they have that isn't known here: a sentence each. What the weights are like is
    /// told where they are read.
    /// </summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The SentencePiece model, <c>spiece.model</c>, or where that is missing <c>tokenizer.json</c>.</summary>
    /// <exception cref="ConfigException">There is none.</exception>
    public string TokenizerFile
    {
        get
        {
            string file = TokenizerFiles.VocabularyIn(In("tokenizer"));
            if (Index.Problem(parts.Tokenizer) is { } problem)
                throw new ConfigException(problem);
            return File.Exists(file) ? file : throw new ConfigException(MissingTokenizer.Explain(file));
        }
    }

    /// <summary>Reads and checks the configs of a folder.</summary>
    /// <exception cref="ConfigException">
    /// A file is missing or damaged, a value absurd, or a class unknown; the message says which, and the remedy.
    /// </exception>
    public static ModelFolder Open(string path) => Open(path, PartPlaces.None);

    /// <summary>The same with parts from elsewhere.</summary>
    /// <inheritdoc cref="Open(string)"/>
    /// <exception cref="TensorException">Weights that come from elsewhere without a config are missing or damaged.</exception>
    internal static ModelFolder Open(string path, PartPlaces? places)
    {
        CheckFolder(path);
        return new ModelFolder(path, places ?? PartPlaces.None);
    }

    /// <summary>Whether this library knows the parts of a pipeline, so that <see cref="Open(string)"/> reads its folders.</summary>
    internal static bool Knows(string pipelineClass) => CogVideoXParts.Knows(pipelineClass);

    /// <exception cref="ConfigException">It is no folder.</exception>
    internal static void CheckFolder(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw new ConfigException($"The path of the model is empty. {NameOne}");
        if (File.Exists(path))
            throw new ConfigException($"{path} is a file; a model is a folder with model_index.json in it.");
        if (!Directory.Exists(path))
            throw new ConfigException($"{Quoted.Line(path, LongestPath)} doesn't exist. {NameOne}");
    }

    /// <summary>What this version can't do with the model, a phrase each; empty for models that run.</summary>
    public IReadOnlyList<string> Unsupported() =>
        [.. Transformer.Unsupported(), .. PatchChannels(), .. Vae.Unsupported()];

    /// <summary>Refuses a model that can be read but not run.</summary>
    /// <exception cref="ConfigException">Says what isn't supported.</exception>
    public void CheckSupported()
    {
        IReadOnlyList<string> reasons = Unsupported();
        if (reasons.Count > 0)
        {
            throw new ConfigException(
                $"{Path} can't be run: {string.Join("; ", reasons)}. Use a model such as CogVideoX-2b or CogVideoX-5b.");
        }
    }

    /// <summary>Maps the transformer's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    public WeightFiles OpenTransformer() => transformerPlace.Open();

    /// <summary>Maps the VAE's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    public WeightFiles OpenVae() => vaePlace.Open();

    /// <summary>Maps the text encoder's weights.</summary>
    /// <exception cref="SafetensorsException">They are missing or damaged.</exception>
    public WeightFiles OpenTextEncoder() =>
        TextEncoderProblem is { } problem ? throw new ConfigException(problem) : textEncoderPlace.Open();

    /// <summary>What the parts consist of; reads the headers of all weights.</summary>
    /// <exception cref="SafetensorsException">Weights are missing or damaged.</exception>
    internal IReadOnlyList<ComponentInfo> Components() =>
    [
        .. Index.Parts.Where(part => Index.HasWeights(part) || PlaceOf(part) is { IsElsewhere: true })
            .Select(part => ModelIndex.Describe(part, Open)),
    ];

    private WeightFiles Open(ModelPart part) => PlaceOf(part)?.Open() ?? Index.OpenWeights(part);

    private PartPlace? PlaceOf(ModelPart part) => part == parts.Transformer ? transformerPlace
        : part == parts.Vae ? vaePlace
        : part == parts.TextEncoder ? textEncoderPlace
        : null;

    // A config of one model over weights of another: nothing is built from what isn't supported, which would tell it otherwise.
    private IEnumerable<string> PatchChannels()
    {
        if (Transformer.InChannels == Transformer.OutChannels || Transformer.TakesImage)
            return [];
        try
        {
            using WeightFiles weights = OpenTransformer();
            Shape asked = [Transformer.Width, Transformer.InChannels, Transformer.PatchSize, Transformer.PatchSize];
            bool isThere = weights.TryDescribe("patch_embed.proj.weight", out TensorInfo patch);
            return isThere && patch.Shape.Rank == asked.Rank && patch.Shape != asked
                ? [$"'patch_embed.proj.weight' has the shape {patch.Shape}, the config asks for {asked}"]
                : [];
        }
        catch (TensorFileException)
        {
            return []; // told where the weights are opened
        }
    }

    // Parts that this pipeline does without.
    private IEnumerable<string> OtherParts() =>
        Index.Parts.Where(part => !parts.Has(part)).Select(Index.Problem).OfType<string>().Select(problem => $"{problem} It isn't needed.");

    private IEnumerable<string> SchedulerNote(ConfigFile scheduler)
    {
        if (SchedulerConfig.ReadOwnKind(scheduler) is { } own && own != Scheduler.Kind)
        {
            string? named = scheduler.TextOrNull("_class_name");
            yield return $"{scheduler.Path} names {named}, {Index.Path} names {parts.Scheduler.ClassName}; the latter counts.";
        }
    }

    // A model of another kind may say so in a key of its own. "harmless" has no effect here (training, other precisions).
    private static IEnumerable<string> Unread(ConfigFile file, string harmless)
    {
        string[] unread = [.. file.Unread.Where(key => key != harmless)];
        if (unread.Length > 0)
            yield return $"{file.Path} has keys that aren't known and are ignored ({unread.Length}): {Quoted.Names(unread)}.";
    }

    private void CheckTogether()
    {
        if (textEncoder is not null)
            Fit("text_embed_dim", Transformer.TextWidth, textEncoder.Width, "the d_model of", "text_encoder");
        Fit("out_channels", Transformer.OutChannels, Vae.LatentChannels, "the latent_channels of", "vae");
        Fit("temporal_compression_ratio", Transformer.TemporalCompression, Vae.TemporalCompression, "as in", "vae");
    }

    private void Fit(string key, int value, int right, string relation, string part)
    {
        if (value == right)
            return;
        throw new ConfigException(
            $"{In("transformer", "config.json")}: '{key}' is {value}; it should be {right}, {relation} {In(part, "config.json")}. "
            + "The parts must be of the same model.");
    }

    // The model's own where the part's place has none: a file of another tool.
    private string ConfigOf(PartPlace place, ModelPart part) => place.Config ?? In(part.Name, "config.json");

    private string TextEncoderConfig => ConfigOf(textEncoderPlace, parts.TextEncoder);

    private T5Config ReadTextEncoder() => textEncoderPlace.IsElsewhere && !File.Exists(TextEncoderConfig)
        ? T5Config.Released
        : T5Config.Read(TextEncoderConfig);

    private string In(params ReadOnlySpan<string> names) => System.IO.Path.Combine([Path, .. names]);
}
