using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>The last norms of the video tokens, modulated by time, and their projection to patches.</summary>
internal sealed class OutputHead
{
    private readonly Ops ops;
    private readonly LayerNorm final, norm;
    private readonly Linear modulation, projection;

    public OutputHead(WeightReader weights, TransformerConfig config)
    {
        ops = weights.Ops;
        int width = config.Width;
        final = new LayerNorm(weights["norm_final"], width, (float)config.NormEpsilon, config.NormAffine);
        modulation = new Linear(weights["norm_out"]["linear"], config.TimeEmbedWidth, 2 * width);
        norm = new LayerNorm(weights["norm_out"]["norm"], width, (float)config.NormEpsilon, config.NormAffine);
        projection = new Linear(weights["proj_out"], width, config.OutChannels * config.PatchElements);
    }

    /// <param name="video">[B, V, D]</param>
    /// <param name="condition">[B, E]</param>
    /// <returns>[B, V, C·q·p·p]</returns>
    public Tensor Forward(Tensor video, Tensor condition)
    {
        Tensor vectors = modulation.Forward(condition);                                 // [B, 2·D]: shift, scale
        Tensor normed = ops.ModulatedLayerNorm(
            final.Forward(video), norm.Weight, norm.Bias, norm.Epsilon, vectors, videoShift: 0, videoScale: 1, textShift: 0, textScale: 1,
            textTokens: 0);
        return projection.Forward(normed);
    }
}
