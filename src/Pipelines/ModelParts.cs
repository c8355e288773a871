using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.T5;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>The models of a checkpoint on one device. Each is built when it is first asked for, and kept from run to run.</summary>
/// <param name="model">The checkpoint.</param>
/// <param name="ops">The device.</param>
/// <param name="isPlan">Whether nothing but sizes is wanted: then files that others may read stay mapped.</param>
internal sealed class ModelParts(LoadedModel model, Ops ops, bool isPlan = false)
{
    private T5Encoder? textEncoder;
    private CogVideoXTransformer? transformer;
    private CogVideoXVae? vae;
    private IReadOnlyList<Tensor> textWeights = [];

    public LoadedModel Model => model;

    public Ops Ops => ops;

    public T5Encoder TextEncoder
    {
        get
        {
            if (textEncoder is null)
                (textEncoder, textWeights) = model.BuildTextEncoder(ops);
            return textEncoder;
        }
    }

    public CogVideoXTransformer Transformer => transformer ??= model.BuildTransformer(ops).Model;

    /// <summary>The VAE, with its encoder built.</summary>
    public CogVideoXVae VaeEncoder => WithPart(built => built.BuildEncoder());

    /// <summary>The VAE, with its decoder built.</summary>
    public CogVideoXVae VaeDecoder => WithPart(built => built.BuildDecoder());

    /// <summary>
    /// Lets the text encoder go, by far the largest part, until it is asked for again: what was made of its weights is released, the rest
    /// unmapped.
    /// </summary>
    public void CloseTextEncoder()
    {
        textEncoder = null;
        foreach (Tensor weight in textWeights)
            ops.Memory.Release(weight);
        textWeights = [];
        if (!isPlan)
            model.CloseTextEncoder();
    }

    // One object for both directions.
    private CogVideoXVae WithPart(Action<CogVideoXVae> build)
    {
        vae ??= model.BuildVae(ops).Model;
        return model.Read(() =>
        {
            build(vae);
            return vae;
        });
    }
}
