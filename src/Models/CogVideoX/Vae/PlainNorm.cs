using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Group norm (arXiv 1803.08494) and SiLU, in the encoder.</summary>
internal sealed class PlainNorm(WeightReader weights, int channels, int groups, float epsilon) : IVaeNorm
{
    private readonly Ops ops = weights.Ops;
    private readonly Tensor weight = weights.Get("weight", [channels]);
    private readonly Tensor bias = weights.Get("bias", [channels]);

    public Tensor Forward(Tensor x, Tensor latents = default) => ops.GroupNorm(x, weight, bias, groups, epsilon, silu: true);
}
