using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Expert adaptive layer norm: one norm, and shift, scale and gate for each modality from the time embedding.</summary>
internal sealed class ModulatedNorm(WeightReader weights, TransformerConfig config)
{
    private readonly Ops ops = weights.Ops;
    private readonly Linear linear = new(weights["linear"], config.TimeEmbedWidth, 6 * config.Width);
    private readonly LayerNorm norm = new(weights["norm"], config.Width, (float)config.NormEpsilon, config.NormAffine);

    /// <param name="tokens">[B, S, D]</param>
    /// <param name="textTokens">T</param>
    /// <param name="condition">[B, E]</param>
    /// <returns>The modulated tokens [B, S, D], and the vectors, whose gates come later.</returns>
    public (Tensor Tokens, Modulation Modulation) Forward(Tensor tokens, int textTokens, Tensor condition)
    {
        var modulation = new Modulation(linear.Forward(condition), textTokens);
        Tensor modulated = ops.ModulatedLayerNorm(
            tokens, norm.Weight, norm.Bias, norm.Epsilon, modulation.Vectors,
            Modulation.VideoShift, Modulation.VideoScale, Modulation.TextShift, Modulation.TextScale, textTokens);
        return (modulated, modulation);
    }
}
