using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Group norm, then a scale and a shift that the latents predict for each place (MoVQ, arXiv 2209.09002), then SiLU. A 1×1×1
/// convolution commutes with nearest-neighbour upsampling, so the predictions are made at the size of the latents.
/// </summary>
internal sealed class SpatialNorm : IVaeNorm
{
    private const float Epsilon = 1e-6f; // fixed in the reference, not in the config

    private readonly Ops ops;
    private readonly VaeConfig config;
    private readonly Tensor weight, bias; // [C]
    private readonly Linear scale, shift;

    public SpatialNorm(WeightReader weights, VaeConfig config, int channels)
    {
        this.config = config;
        ops = weights.Ops;
        weight = weights["norm_layer"].Get("weight", [channels]);
        bias = weights["norm_layer"].Get("bias", [channels]);
        Shape kernel = [channels, config.LatentChannels, 1, 1, 1];
        scale = Linear.OfPatches(weights["conv_y"]["conv"], kernel);
        shift = Linear.OfPatches(weights["conv_b"]["conv"], kernel);
    }

    public Tensor Forward(Tensor x, Tensor latents) => Forward(x, latents, activate: true);

    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="latents">[B, f, h, w, latent channels] of the same chunk</param>
    /// <param name="activate">False to see the norm without its SiLU</param>
    /// <returns>[B, F, H, W, C]</returns>
    public Tensor Forward(Tensor x, Tensor latents, bool activate)
    {
        using MemoryScope scope = ops.Scope();
        return scope.Keep(ops.SpatialGroupNorm(
            x, weight, bias, config.NormGroups, Epsilon, scale.Forward(latents), shift.Forward(latents), activate));
    }
}
