using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.T5;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>The models of a checkpoint on one device. Each is built when it is first asked for, and kept from run to run.</summary>
/// <param name="model">The checkpoint.</param>
/// <param name="ops">The device.</param>
/// <param name="types">In which types parts compute.</param>
/// <param name="isPlan">Whether nothing but sizes is wanted: then files that others may read stay mapped.</param>
internal sealed class ModelParts(LoadedModel model, Ops ops, PartTypes types, bool isPlan = false)
{
    private BuiltModel<T5Encoder>? textEncoder;
    private BuiltModel<CogVideoXTransformer>? transformer;
    private BuiltModel<CogVideoXVae>? vae;
    private WeightWay way;

    /// <summary>All parts compute in the device's type of activations.</summary>
    public ModelParts(LoadedModel model, Ops ops, bool isPlan = false) : this(model, ops, new PartTypes(ops.ActivationType), isPlan) { }

    public LoadedModel Model => model;

    public Ops Ops => ops;

    public PartTypes Types => types;

    public T5Encoder TextEncoder => (textEncoder ??= model.BuildTextEncoder(ops, way.StreamsTextEncoder)).Model;

    public CogVideoXTransformer Transformer => (transformer ??= model.BuildTransformer(ops, way.StreamsTransformer)).Model;

    /// <summary>The VAE, with its encoder built.</summary>
    public CogVideoXVae VaeEncoder => WithPart(built => built.BuildEncoder());

    /// <summary>The VAE, with its decoder built.</summary>
    public CogVideoXVae VaeDecoder => WithPart(built => built.BuildDecoder());

    /// <summary>Says how weights are to lie from here on. What was built otherwise, or would be in the way, is let go.</summary>
    public void Place(WeightWay next)
    {
        if (ops.HoldsWeights && (next.LetsGo || next != way))
        {
            CloseTextEncoder();
            CloseTransformer();
            CloseVae();
        }
        way = next;
        ops.WeightsStay = !next.StreamsTransformer; // else nothing is recorded: where its weights are changes
    }

    /// <summary>
    /// Lets the text encoder go, by far the largest part, until it is asked for again: what was made of its weights is released, the rest
    /// unmapped.
    /// </summary>
    public void CloseTextEncoder()
    {
        Close(ref textEncoder);
        if (!isPlan)
            model.CloseTextEncoder();
    }

    /// <summary>Lets the transformer go until it is asked for again: what was made of its weights is released.</summary>
    public void CloseTransformer() => Close(ref transformer);

    /// <summary>Lets the VAE go until it is asked for again: what was made of its weights is released.</summary>
    public void CloseVae() => Close(ref vae);

    private void Close<TModel>(ref BuiltModel<TModel>? built)
    {
        if (built is not { } closed)
            return;
        built = null;
        foreach (Tensor weight in closed.Weights)
            ops.Memory.Release(weight);
    }

    // One object for both directions.
    private CogVideoXVae WithPart(Action<CogVideoXVae> build)
    {
        CogVideoXVae built = (vae ??= model.BuildVae(ops)).Model;
        return model.Read(() =>
        {
            build(built);
            return built;
        });
    }
}
