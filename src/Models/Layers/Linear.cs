using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.Layers;

/// <summary>y = x·Wᵀ + b, with the weights where the file has them.</summary>
internal sealed class Linear
{
    private readonly Ops ops;
    private readonly Tensor weight; // [outputs, inputs]
    private readonly Tensor bias;   // [outputs], or none

    public Linear(WeightReader weights, int inputs, int outputs, bool bias = true)
    {
        ops = weights.Ops;
        weight = weights.Get("weight", [outputs, inputs]);
        this.bias = bias ? weights.Get("bias", [outputs]) : default;
    }

    private Linear(Ops ops, Tensor weight, Tensor bias)
    {
        this.ops = ops;
        this.weight = weight;
        this.bias = bias;
    }

    /// <summary>A convolution whose kernel is as large as its stride is a linear map of patches.</summary>
    public static Linear OfPatches(WeightReader weights, Shape kernel, bool bias = true) => new(
        weights.Ops,
        weights.Get("weight", kernel).Reshape([kernel[0], (int)kernel.Product(1, kernel.Rank)]),
        bias ? weights.Get("bias", [kernel[0]]) : default);

    public Tensor Forward(Tensor x, Activation activation = Activation.None) => ops.Linear(x, weight, bias, activation);

    /// <summary>Queries, keys and values of x: the three products as one.</summary>
    public static (Tensor Query, Tensor Key, Tensor Value) ForwardTriple(Linear query, Linear key, Linear value, Tensor x) =>
        query.ops.LinearTriple(x, (query.weight, query.bias), (key.weight, key.bias), (value.weight, value.bias));

    public Tensor ForwardAdd(Tensor x, Tensor residual) => ops.LinearResidual(x, weight, bias, residual);

    /// <summary>residual + gate ⊙ (x·Wᵀ + b), with the gate of each token's modality.</summary>
    public Tensor ForwardGated(Tensor x, Tensor residual, Modulation modulation) => ops.LinearGatedResidual(
        x, weight, bias, residual, modulation.Vectors, Modulation.VideoGate, Modulation.TextGate, modulation.TextTokens);
}
