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

    public LoadedModel(string path)
    {
        Folder = ModelFolder.Open(path);
        Folder.CheckSupported();
    }

    public ModelFolder Folder { get; }

    public T5Tokenizer Tokenizer => tokenizer ??= T5Tokenizer.Load(Path.GetDirectoryName(Folder.TokenizerFile)!);

    /// <summary>The type that most of the transformer is stored in.</summary>
    public DType TransformerType => Tensors(TransformerFiles).GroupBy(tensor => tensor.Type).MaxBy(group => group.Sum(tensor => tensor.Bytes))!.Key;

    public long TransformerBytes => Bytes(TransformerFiles);

    public long VaeBytes => Bytes(VaeFiles);

    public long TextEncoderBytes => Bytes(TextEncoderFiles);

    private WeightFiles TransformerFiles => transformer ??= Folder.OpenTransformer();

    private WeightFiles VaeFiles => vae ??= Folder.OpenVae();

    private WeightFiles TextEncoderFiles => textEncoder ??= Folder.OpenTextEncoder();

    public CogVideoXTransformer BuildTransformer(Ops ops) =>
        Build(new WeightReader(ops, TransformerFiles), weights => new CogVideoXTransformer(weights, Folder.Transformer));

    public CogVideoXVae BuildVae(Ops ops) => Build(new WeightReader(ops, VaeFiles), weights => new CogVideoXVae(weights, Folder.Vae));

    public T5Encoder BuildTextEncoder(Ops ops) =>
        Build(new WeightReader(ops, TextEncoderFiles), weights => new T5Encoder(weights, Folder.TextEncoder));

    /// <summary>Unmaps the text encoder, by far the largest part, until it is asked for again.</summary>
    public void CloseTextEncoder()
    {
        textEncoder?.Dispose();
        textEncoder = null;
    }

    public void Dispose()
    {
        CloseTextEncoder();
        transformer?.Dispose();
        vae?.Dispose();
    }

    private static TModel Build<TModel>(WeightReader weights, Func<WeightReader, TModel> build)
    {
        TModel model = build(weights);
        weights.CheckAllUsed();
        return model;
    }

    private static long Bytes(WeightFiles files) => Tensors(files).Sum(tensor => tensor.Bytes);

    private static IEnumerable<Tensor> Tensors(WeightFiles files) => files.Names.Select(name => files.TryGet(name, out Tensor tensor) ? tensor : default);
}
