using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.Layers;

/// <summary>Layer norm over the last dimension (arXiv 1607.06450).</summary>
internal sealed class LayerNorm(WeightReader weights, int width, float epsilon, bool affine = true)
{
    private readonly Ops ops = weights.Ops;

    /// <summary>[width], or none.</summary>
    public Tensor Weight { get; } = affine ? weights.Get("weight", [width]) : default;

    /// <summary>[width], or none.</summary>
    public Tensor Bias { get; } = affine ? weights.Get("bias", [width]) : default;

    public float Epsilon => epsilon;

    public Tensor Forward(Tensor x) => ops.LayerNorm(x, Weight, Bias, epsilon);
}
