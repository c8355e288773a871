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

    /// <summary>The vectors; their gates come later.</summary>
    /// <param name="condition">[B, E]</param>
    /// <param name="textTokens">T</param>
    public Modulation Modulate(Tensor condition, int textTokens) => new(linear.Forward(condition), textTokens);

    /// <param name="tokens">[B, S, D]</param>
    /// <param name="modulation">The vectors.</param>
    /// <returns>[B, S, D]</returns>
    public Tensor Forward(Tensor tokens, Modulation modulation) => ops.ModulatedLayerNorm(
        tokens, norm.Weight, norm.Bias, norm.Epsilon, modulation.Vectors,
        Modulation.VideoShift, Modulation.VideoScale, Modulation.TextShift, Modulation.TextScale, modulation.TextTokens);
}
