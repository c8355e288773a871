using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>
/// The names and shapes of a model's weights, as the model asks for them, without a checkpoint: what a random checkpoint is made from,
/// and what a dry run plans with. Use it with <see cref="Ops.Planning"/>; the tensors hold no data.
/// </summary>
/// <param name="ops">Where the tensors are made.</param>
/// <param name="type">The type that the weights would be stored in.</param>
internal sealed class WeightList(Ops ops, DType type) : IWeights
{
    private readonly Dictionary<string, Shape> shapes = [], adaptable = [];

    /// <summary>Key and shape of each, in the order in which they were asked for.</summary>
    public IReadOnlyDictionary<string, Shape> Shapes => shapes;

    /// <summary>The layers that adapters may change, with the shapes of their weights.</summary>
    public IReadOnlyDictionary<string, Shape> Adaptable => adaptable;

    internal Ops Ops => ops;

    IReadOnlySet<string> IWeights.Used => shapes.Keys.ToHashSet();

    IReadOnlyList<Tensor> IWeights.Made => []; // what a list makes is its scope's

    Tensor IWeights.Get(string key, Shape shape)
    {
        shapes[key] = shape;
        return ops.Memory.Empty(shape, type);
    }

    Tensor IWeights.GetTied(string key, string alias, Shape shape) => ((IWeights)this).Get(key, shape);

    LoraUpdate[] IWeights.Updates(string module, Shape weight)
    {
        adaptable[module] = weight;
        return [];
    }

    IReadOnlyList<string> IWeights.Finish(string prefix) => [];
}
