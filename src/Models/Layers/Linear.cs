using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.Layers;

/// <summary>
/// y = x·Wᵀ + b, with the weights where the file has them; with adapters beside the weight y = x·Wᵀ + b + Σ factor · (x·Aᵀ)·Bᵀ, inside of
/// whatever follows: activation, gate, residual.
/// </summary>
internal sealed class Linear
{
    private const int PartRows = 4096;

    private readonly Ops ops;
    private readonly Tensor weight; // [outputs, inputs]
    private readonly Tensor bias;   // [outputs], or none
    private readonly LoraUpdate[] updates;

    public Linear(WeightReader weights, int inputs, int outputs, bool bias = true) : this(weights, [outputs, inputs], bias) { }

    private Linear(WeightReader weights, Shape kernel, bool bias)
    {
        ops = weights.Ops;
        weight = weights.GetMatrix("weight", kernel).Reshape([kernel[0], (int)kernel.Product(1, kernel.Rank)]);
        this.bias = bias ? weights.Get("bias", [kernel[0]]) : default;
        updates = weights.Updates(kernel);
    }

    /// <summary>A convolution whose kernel is as large as its stride is a linear map of patches.</summary>
    public static Linear OfPatches(WeightReader weights, Shape kernel, bool bias = true) => new(weights, kernel, bias);

    public Tensor Forward(Tensor x, Activation activation = Activation.None)
    {
        if (updates.Length == 0)
            return ops.Linear(x, weight, bias, activation);
        return activation == Activation.None ? AddUpdates(x, ops.Linear(x, weight, bias)) : ForwardInParts(x, activation);
    }

    /// <summary>Queries, keys and values of x: the three products as one.</summary>
    public static (Tensor Query, Tensor Key, Tensor Value) ForwardTriple(Linear query, Linear key, Linear value, Tensor x)
    {
        (Tensor q, Tensor k, Tensor v) = query.ops.LinearTriple(
            x, (query.weight, query.bias), (key.weight, key.bias), (value.weight, value.bias));
        return (query.AddUpdates(x, q), key.AddUpdates(x, k), value.AddUpdates(x, v));
    }

    public Tensor ForwardAdd(Tensor x, Tensor residual) => AddUpdates(x, ops.LinearResidual(x, weight, bias, residual));

    /// <summary>residual + gate ⊙ (x·Wᵀ + b), with the gate of each token's modality.</summary>
    public Tensor ForwardGated(Tensor x, Tensor residual, Modulation modulation)
    {
        Tensor sum = Gated(x, weight, bias, residual, modulation);
        foreach (LoraUpdate update in updates)
        {
            using MemoryScope scope = ops.Scope();
            Tensor next = Gated(Low(x, update), update.B, default, sum, modulation);
            ops.Memory.Release(sum);
            sum = scope.Keep(next);
        }
        return sum;
    }

    // What comes before the activation is as large as what comes after it: rows go a part at a time, so that both are never whole at once.
    private Tensor ForwardInParts(Tensor x, Activation activation)
    {
        Shape shape = x.Shape.With(-1, weight.Shape[0]);
        int rows = checked((int)shape.Product(0, shape.Rank - 1));
        Tensor result = ops.Memory.Empty(shape, x.Type);
        Tensor from = x.Reshape([rows, x.Shape[-1]]), to = result.Reshape([rows, shape[-1]]);
        for (int row = 0; row < rows; row += PartRows)
        {
            using MemoryScope scope = ops.Scope();
            Tensor part = from.Rows(row, Math.Min(PartRows, rows - row));
            Tensor sum = AddUpdates(part, ops.Linear(part, weight, bias));
            ops.CopyInto(Apply(activation, sum), to, 0, row);
        }
        return result;
    }

    private Tensor Gated(Tensor x, Tensor by, Tensor bias, Tensor residual, Modulation modulation) => ops.LinearGatedResidual(
        x, by, bias, residual, modulation.Vectors, Modulation.VideoGate, Modulation.TextGate, modulation.TextTokens);

    // Takes the sum over: what is returned is in its place.
    private Tensor AddUpdates(Tensor x, Tensor sum)
    {
        foreach (LoraUpdate update in updates)
        {
            using MemoryScope scope = ops.Scope();
            Tensor next = ops.LinearResidual(Low(x, update), update.B, default, sum);
            ops.Memory.Release(sum);
            sum = scope.Keep(next);
        }
        return sum;
    }

    // factor · x·Aᵀ, [.., rank]: the factor costs the least here.
    private Tensor Low(Tensor x, LoraUpdate update)
    {
        Tensor low = ops.Linear(x, update.A);
        return update.Factor == 1 ? low : ops.Scale(low, update.Factor);
    }

    private Tensor Apply(Activation activation, Tensor x) => activation switch
    {
        Activation.GeluTanh => ops.Gelu(x, tanh: true),
        Activation.Silu => ops.Silu(x),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
