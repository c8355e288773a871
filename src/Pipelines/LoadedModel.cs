using CogVideoX.Models.Configuration;
using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.T5;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;
using CogVideoX.Tensors.Safetensors;

namespace CogVideoX.Pipelines;

/// <summary>A checkpoint folder; its weights are mapped when first asked for, and each part can be built for any device.</summary>
internal sealed class LoadedModel : IDisposable
{
    private WeightFiles? transformer, vae, textEncoder;
    private T5Tokenizer? tokenizer;

    private readonly Lock gate = new(); // a plan must not find a part unmapped under its hands
    private bool disposed;

    private LoadedModel(string path)
    {
        Folder = ModelFolder.Open(path);
        Folder.CheckSupported();
    }

    /// <exception cref="ModelException">A config is missing, damaged, or of a model that can't be run.</exception>
    /// <exception cref="ArgumentException">The text can't be a path.</exception>
    public static LoadedModel Open(string modelFolder)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        return PathCheck.Problem(modelFolder) is { } problem
            ? throw new ArgumentException(problem, nameof(modelFolder))
            : ModelException.Guard(() => new LoadedModel(modelFolder));
    }

    public ModelFolder Folder { get; }

    /// <summary>What is odd about the checkpoint and was decided.</summary>
    public IReadOnlyList<string> Notes => [];

    public T5Tokenizer Tokenizer => tokenizer ??= T5Tokenizer.Load(Path.GetDirectoryName(Folder.TokenizerFile)!);

    /// <summary>The type that most of the transformer is stored in.</summary>
    public DType TransformerType => Tensors(TransformerFiles).GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.Bytes))!.Key;

    public long TransformerBytes => Bytes(TransformerFiles);

    public long VaeBytes => Bytes(VaeFiles);

    public long TextEncoderBytes => Bytes(TextEncoderFiles);

    private WeightFiles TransformerFiles => transformer ??= Folder.OpenTransformer();

    private WeightFiles VaeFiles => vae ??= Folder.OpenVae();

    private WeightFiles TextEncoderFiles => textEncoder ??= Folder.OpenTextEncoder();

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

    public CogVideoXTransformer BuildTransformer(Ops ops) =>
        Build(() => new WeightReader(ops, TransformerFiles), weights => new CogVideoXTransformer(weights, Folder.Transformer));

    public CogVideoXVae BuildVae(Ops ops) => Build(() => new WeightReader(ops, VaeFiles), weights => new CogVideoXVae(weights, Folder.Vae));

    public T5Encoder BuildTextEncoder(Ops ops) =>
        Build(() => new WeightReader(ops, TextEncoderFiles), weights => new T5Encoder(weights, Folder.TextEncoder));

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
        }
    }

    private TModel Build<TModel>(Func<WeightReader> open, Func<WeightReader, TModel> build) => Read(() =>
    {
        WeightReader weights = open();
        TModel model = build(weights);
        weights.CheckAllUsed();
        return model;
    });

    private static long Bytes(WeightFiles files) => Tensors(files).Sum(tensor => tensor.Bytes);

    private static IEnumerable<Tensor> Tensors(WeightFiles files) => files.Names.Select(name => files.TryGet(name, out Tensor tensor) ? tensor : default);
}
