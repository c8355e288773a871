using CogVideoX.Tensors;

namespace CogVideoX.Models.Weights;

/// <summary>Where a <see cref="WeightReader"/> takes weights from.</summary>
internal interface IWeights
{
    /// <summary>The keys that were asked for and are there.</summary>
    IReadOnlySet<string> Used { get; }

    /// <summary>Tensors that were made for the model, beside the mapped files; whoever lets the model go releases them.</summary>
    IReadOnlyList<Tensor> Made { get; }

    /// <summary>The tensor under a full key.</summary>
    /// <exception cref="WeightException">It is missing, or of another shape or no type that kernels read.</exception>
    Tensor Get(string key, Shape shape);

    /// <summary>The same of a matrix that products alone read, which may be stored otherwise there.</summary>
    /// <inheritdoc cref="Get"/>
    Tensor GetMatrix(string key, Shape shape) => Get(key, shape);

    /// <summary>The tensor that has two keys, of which either or both may be there.</summary>
    /// <exception cref="WeightException">As <see cref="Get"/>; or both are there and differ.</exception>
    Tensor GetTied(string key, string alias, Shape shape);

    /// <summary>What adapters add to the weight of a layer, beside it: asked by layers that can add it, and by no others.</summary>
    /// <param name="module">The layer's full name, without a dot at its end.</param>
    /// <param name="weight">The shape of its weight.</param>
    LoraUpdate[] Updates(string module, Shape weight);

    /// <summary>Told before a layer computes, on the way through a list of layers.</summary>
    /// <param name="list">What the keys of its layers begin with, with a dot at its end.</param>
    /// <param name="layer">Its number in the list.</param>
    void Enter(string list, int layer) { }

    /// <summary>What is to be said of weights whose keys begin with <paramref name="prefix"/>, when all that are needed were got.</summary>
    /// <exception cref="WeightException">One that wasn't asked for would change the results.</exception>
    IReadOnlyList<string> Finish(string prefix);
}
