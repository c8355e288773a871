using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Pipelines.Checkpoints;
using CogVideoX.Pipelines.Hub;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Files;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>A checkpoint folder; its weights are mapped when first asked for, and each part can be built for any device.</summary>
internal sealed class LoadedModel : IDisposable
{
    private WeightFiles? transformer, vae, textEncoder;
    private T5Tokenizer? tokenizer;
    private readonly Dictionary<Type, IReadOnlyList<string>> notes = []; // of the parts that were built, by their model's type
    private DType? transformerType;
    private WorkFolder? hollow; // where the files of made-up weights are

    private readonly Lock gate = new(); // a plan must not find a part unmapped under its hands
    private bool disposed;

    private LoadedModel(string path, PartSources? parts)
    {
        Parts = parts ?? PartSources.None;
        Folder = ModelFolder.Open(ModelPlace.Find(path), Parts.Places);
        Folder.CheckSupported();
    }

    /// <param name="modelFolder">The checkpoint: its folder, or its name in the Hugging Face cache.</param>
    /// <exception cref="ModelException">A config is missing, damaged, or of a model that can't be run.</exception>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    public static LoadedModel Open(string modelFolder, PartSources? parts = null)
    {
        PathCheck.CheckArgument(modelFolder);
        return ModelException.Guard(() => new LoadedModel(modelFolder, parts));
    }

    /// <summary>The same, with the device that its models will be built for.</summary>
    /// <param name="modelFolder">The checkpoint.</param>
    /// <param name="compute">Where and how to compute.</param>
    /// <param name="loras">Adapters of its transformer.</param>
    /// <param name="ops">The device, opened.</param>
    /// <param name="device">What is planned for; null for this machine's CPU.</param>
    /// <param name="parts">Parts that come from elsewhere than the folder; null for none.</param>
    /// <exception cref="RequestException">
    /// The device has no forms for the type of activations, or there is no such type or number of threads; or an adapter can't be used.
    /// </exception>
    /// <exception cref="DeviceException">The device can't be opened.</exception>
    public static LoadedModel Open(
        string modelFolder, ComputeOptions compute, LoraOptions loras, out Ops ops, out DeviceSpec? device, PartSources? parts = null)
    {
        compute.Check();
        LoadedModel model = Open(modelFolder, parts);
        try
        {
            model.Loras = LoadedLoras.Open(loras, model.Folder.Transformer);
            DType activations = compute.TypeFor(model);
            device = compute.Spec(activations);
            ops = compute.Open(activations);
        }
        catch
        {
            model.Dispose();
            throw;
        }
        try
        {
            compute.CheckWeightDtype(ops);
            model.WeightDtype = compute.WeightDtype;
            return model;
        }
        catch
        {
            ops.Dispose();
            model.Dispose();
            throw;
        }
    }

    /// <summary>A model of a known architecture with random weights, which are made up on the device that they are for.</summary>
    /// <param name="preset">One of <see cref="RandomCheckpoint.Presets"/>.</param>
    /// <param name="layers">Blocks of the transformer and of the text encoder; null for as many as the architecture has.</param>
    /// <inheritdoc cref="Open(string, ComputeOptions, LoraOptions, out Ops, out DeviceSpec?, PartSources?)"/>
    /// <param name="compute"/> <param name="ops"/> <param name="device"/>
    public static LoadedModel OpenRandom(string preset, int? layers, ComputeOptions compute, out Ops ops, out DeviceSpec? device)
    {
        if (compute.WeightDtype != WeightType.Stored)
            throw new RequestException(nameof(compute.WeightDtype), "made-up weights have no stored ones to be made of; leave it out.");
        WorkFolder folder = WorkFolder.Create(Path.GetTempPath());
        try
        {
            RandomCheckpoint.WriteHollow(preset, folder[preset], layers);
            LoadedModel model = Open(folder[preset], compute, LoraOptions.None, out ops, out device);
            model.hollow = folder;
            return model;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public ModelFolder Folder { get; }

    /// <summary>Parts that come from elsewhere.</summary>
    public PartSources Parts { get; }

    /// <summary>How matrices of layers are stored where they are computed with.</summary>
    public WeightType WeightDtype { get; private set; }

    /// <summary>Adapters of the transformer.</summary>
    public LoadedLoras Loras { get; private set; } = LoadedLoras.None;

    /// <summary>
    /// What of the checkpoint isn't used, is converted, or had to be decided between files that disagree: a sentence each. Maps all
    /// weights.
    /// </summary>
    /// <exception cref="ModelException">Weights are missing, damaged, or not those of the configs.</exception>
    public IReadOnlyList<string> Notes => NotesOf(textEncoder: true);

    /// <summary>The same, where texts are given as embeddings without the text encoder, whose weights needn't be there.</summary>
    public IReadOnlyList<string> NotesOf(bool textEncoder) =>
    [
        .. Folder.Notes,
        .. textEncoder ? Read(() => NotesOf(TextEncoderPart)) : [],
        .. Read(() => NotesOf(TransformerPart)),
        .. Read(() => NotesOf(VaePart)),
    ];

    /// <exception cref="TokenizerException">It is damaged or of another kind.</exception>
    /// <exception cref="ConfigException">It has ids that the text encoder has no embedding for.</exception>
    public T5Tokenizer Tokenizer => tokenizer ??= OpenTokenizer();

    /// <summary>The type that most of the transformer is stored in; what is stored as F64 is computed with as F32.</summary>
    /// <exception cref="ModelException">Its weights are missing, damaged, or not those of the config.</exception>
    public DType TransformerType => transformerType ??= Read(FindTransformerType);

    /// <summary>Whether its weights are made up on the device, and are nowhere else.</summary>
    public bool IsMadeUp => hollow is not null;

    /// <summary>What people know it by: its folder, or that it is made up.</summary>
    public string Title => hollow is null ? Folder.Path : $"{Name}, random weights";

    /// <summary>The name of the checkpoint's folder.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder.Path)));

    /// <summary>Tells it and its adapters from others, wherever they lie (<see cref="ModelFingerprint"/>).</summary>
    /// <exception cref="ModelException">Weights are missing or damaged.</exception>
    /// <param name="textEncoder">Whether it belongs to it: where texts are given as embeddings, its weights needn't be there.</param>
    public string Fingerprint(bool textEncoder) => Read(() =>
    {
        WeightFiles[] weights = textEncoder ? [TextEncoderFiles, TransformerFiles, VaeFiles] : [TransformerFiles, VaeFiles];
        return ModelFingerprint.Of(Folder, weights, Loras, WeightDtype);
    });

    /// <summary>With its adapters.</summary>
    public long TransformerBytes => Bytes(TransformerFiles) + Loras.Bytes;

    public long VaeBytes => Bytes(VaeFiles);

    public long TextEncoderBytes => Bytes(TextEncoderFiles);

    private WeightFiles TransformerFiles => transformer ??= Folder.OpenTransformer();

    private WeightFiles VaeFiles => vae ??= Folder.OpenVae();

    private WeightFiles TextEncoderFiles => textEncoder ??= Folder.OpenTextEncoder();

    private T5Tokenizer OpenTokenizer()
    {
        var opened = T5Tokenizer.Load(Path.GetDirectoryName(Folder.TokenizerFile)!);
        return Folder.TextEncoderProblem is not null || opened.VocabularySize <= Folder.TextEncoder.Vocabulary
            ? opened
            : throw new ConfigException(
                $"{Folder.TokenizerFile} has {opened.VocabularySize} ids with the added ones, the text encoder embeddings for "
                + $"{Folder.TextEncoder.Vocabulary} ('vocab_size'). They must be of the same model.");
    }

    /// <summary>Runs something that reads the checkpoint, while no other thread opens or closes a part of it.</summary>
    /// <exception cref="ModelException">Weights or tokenizer are missing or damaged.</exception>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public T Read<T>(Func<T> read)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            return ModelException.Guard(read);
        }
    }

    /// <param name="ops">Where it computes.</param>
    /// <param name="streams">Whether the weights of its layers come to the device while they are needed.</param>
    public BuiltModel<CogVideoXTransformer> BuildTransformer(Ops ops, bool streams = false) => Build(ops, TransformerPart, streams);

    /// <summary>The VAE, which reads the weights of each direction when it is told to.</summary>
    public BuiltModel<CogVideoXVae> BuildVae(Ops ops) => Build(ops, VaePart);

    /// <inheritdoc cref="BuildTransformer"/>
    public BuiltModel<T5Encoder> BuildTextEncoder(Ops ops, bool streams = false) => Build(ops, TextEncoderPart, streams);

    /// <summary>Unmaps the text encoder, by far the largest part, until it is asked for again.</summary>
    public void CloseTextEncoder()
    {
        lock (gate)
        {
            textEncoder?.Dispose();
            textEncoder = null;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            disposed = true;
            CloseTextEncoder();
            transformer?.Dispose();
            vae?.Dispose();
            Loras.Dispose();
            hollow?.Dispose();
        }
    }

    private Part<CogVideoXTransformer> TransformerPart => new(() => TransformerFiles, weights => new(weights, Folder.Transformer))
    {
        Loras = Loras,
        Layers = CogVideoXTransformer.Layers,
    };

    private Part<CogVideoXVae> VaePart => new(() => VaeFiles, weights => new(weights, Folder.Vae))
    {
        BuildAll = vae => vae.Build(),
    };

    private Part<T5Encoder> TextEncoderPart => new(() => TextEncoderFiles, weights => new(weights, Folder.TextEncoder))
    {
        Layers = T5Encoder.Layers,
    };

    // What a part has that the model doesn't know is found out before it is built for a device.
    private BuiltModel<TModel> Build<TModel>(Ops ops, Part<TModel> part, bool streams = false) => Read(() =>
    {
        NotesOf(part);
        WeightReader weights = hollow is null
            ? new WeightReader(
                ops, part.Files(), part.Loras.Adapters, part.Loras.Merge, streams ? part.Layers : null,
                WeightDtype == WeightType.Fp8 ? part.Layers : null)
            : new WeightReader(ops, new MadeUpWeights(
                part.Files(), (name, type, shape) => new RandomWeights(name, shape, type).Make(ops, shape)));
        return new BuiltModel<TModel>(part.Make(weights), weights);
    });

    // From a dry build of the whole part, once.
    private IReadOnlyList<string> NotesOf<TModel>(Part<TModel> part)
    {
        if (notes.TryGetValue(typeof(TModel), out IReadOnlyList<string>? known))
            return known;
        using Ops dry = Ops.Planning();
        var weights = new WeightReader(dry, part.Files());
        TModel model = part.Make(weights);
        part.BuildAll?.Invoke(model);
        return notes[typeof(TModel)] = weights.Finish();
    }

    // Of what is used: a file may have more, such as averaged weights in another type.
    private DType FindTransformerType()
    {
        using Ops dry = Ops.Planning();
        var weights = new WeightReader(dry, TransformerFiles);
        TransformerPart.Make(weights);
        var bytes = new Dictionary<string, long>();
        DType most = DType.F32;
        long mostBytes = 0;
        foreach (string name in weights.Used)
        {
            if (!TransformerFiles.TryDescribe(name, out TensorInfo tensor))
                continue;
            long sum = bytes.GetValueOrDefault(tensor.Type.Name) + tensor.Bytes;
            bytes[tensor.Type.Name] = sum;
            if (sum > mostBytes)
                (most, mostBytes) = (tensor.Type, sum);
        }
        return most == DType.F64 ? DType.F32 : most;
    }

    private static long Bytes(WeightFiles files) =>
        files.Names.Sum(name => files.TryDescribe(name, out TensorInfo tensor) ? tensor.Bytes : 0);

    /// <summary>How a model is made from its weights.</summary>
    /// <param name="Files">Maps them.</param>
    /// <param name="Make">Asks for them, but for what a model reads when it is first used.</param>
    private sealed record Part<TModel>(Func<WeightFiles> Files, Func<WeightReader, TModel> Make)
    {
        /// <summary>What changes its layers.</summary>
        public LoadedLoras Loras { get; init; } = LoadedLoras.None;

        /// <summary>The list of its layers; null where it has none that could come to a device one after the other.</summary>
        public string? Layers { get; init; }

        /// <summary>Asks for all of them.</summary>
        public Action<TModel>? BuildAll { get; init; }
    }
}

/// <summary>A model on a device.</summary>
/// <param name="Model">It.</param>
/// <param name="Reader">What it read its weights with, and may still.</param>
internal readonly record struct BuiltModel<TModel>(TModel Model, WeightReader Reader)
{
    /// <summary>What was made for it so far beside the mapped files: to be released where it is let go.</summary>
    public IReadOnlyList<Tensor> Weights => Reader.Made;
}
