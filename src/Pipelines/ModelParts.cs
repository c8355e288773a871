using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.T5;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// The models of a checkpoint on one device. Each is built when it is first asked for, and kept: ask outside of every scope, since weights
/// that are converted live as long as the model.
/// </summary>
internal sealed class ModelParts(LoadedModel model, Ops ops)
{
    private T5Encoder? textEncoder;
    private CogVideoXTransformer? transformer;
    private CogVideoXVae? vae;
    private int textEncoderTensors;

    public LoadedModel Model => model;

    public Ops Ops => ops;

    /// <summary>How many tensors the models own beside the mapped files.</summary>
    public int OwnTensors { get; private set; }

    public T5Encoder TextEncoder => textEncoder ??= Build(() => model.BuildTextEncoder(ops), out textEncoderTensors);

    public CogVideoXTransformer Transformer => transformer ??= Build(() => model.BuildTransformer(ops), out _);

    /// <summary>The VAE, with its decoder built.</summary>
    public CogVideoXVae VaeDecoder => vae ??= Build(() => model.BuildVaeDecoder(ops), out _);

    /// <summary>
    /// Unmaps the text encoder, by far the largest part, until it is asked for again. Its converted weights are its scope's.
    /// </summary>
    public void CloseTextEncoder()
    {
        textEncoder = null;
        OwnTensors -= textEncoderTensors;
        textEncoderTensors = 0;
        model.CloseTextEncoder();
    }

    private TModel Build<TModel>(Func<TModel> build, out int tensors)
    {
        int before = ops.Memory.LiveCount;
        TModel built = build();
        tensors = ops.Memory.LiveCount - before;
        OwnTensors += tensors;
        return built;
    }
}
