using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>The norm, with its SiLU, before a convolution of a residual block.</summary>
internal interface IVaeNorm
{
    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="latents">[B, f, h, w, latent channels] of the same chunk, for norms that look at them</param>
    /// <returns>[B, F, H, W, C]</returns>
    Tensor Forward(Tensor x, Tensor latents);
}
