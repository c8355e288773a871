using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>Full attention over text and video tokens together, with layer norm on queries and keys of each head.</summary>
internal sealed class JointAttention
{
    private const float HeadNormEpsilon = 1e-6f; // fixed in the reference, not in the config

    private readonly Ops ops;
    private readonly int heads, headDim;
    private readonly Linear query, key, value, output;
    private readonly LayerNorm queryNorm, keyNorm;

    public JointAttention(WeightReader weights, TransformerConfig config)
    {
        ops = weights.Ops;
        heads = config.Heads;
        headDim = config.HeadDim;
        int width = config.Width;
        query = new Linear(weights["to_q"], width, width, config.AttentionBias);
        key = new Linear(weights["to_k"], width, width, config.AttentionBias);
        value = new Linear(weights["to_v"], width, width, config.AttentionBias);
        output = new Linear(weights["to_out"][0], width, width);
        queryNorm = new LayerNorm(weights["norm_q"], headDim, HeadNormEpsilon);
        keyNorm = new LayerNorm(weights["norm_k"], headDim, HeadNormEpsilon);
    }

    /// <summary>What each token gathers from all, before the output projection.</summary>
    /// <param name="x">[B, S, D], normed</param>
    /// <param name="textTokens">T</param>
    /// <param name="rotary">Angles of the video tokens, or none</param>
    /// <param name="parts">Sees queries, keys and values, by name; or null</param>
    /// <returns>[B, S, D]</returns>
    public Tensor Attend(Tensor x, int textTokens, RotaryTable rotary, Action<string, Tensor>? parts)
    {
        Shape split = [x.Shape[0], x.Shape[1], heads, headDim];
        (Tensor q, Tensor k, Tensor v) = Linear.ForwardTriple(query, key, value, x);
        parts?.Invoke("queries", q);
        parts?.Invoke("keys", k);
        parts?.Invoke("values", v);
        q = Rotate(q.Reshape(split), queryNorm, rotary, textTokens);
        k = Rotate(k.Reshape(split), keyNorm, rotary, textTokens);
        return ops.Attention(q, k, v.Reshape(split)).Reshape(x.Shape);
    }

    /// <param name="attended">[B, S, D], of <see cref="Attend"/></param>
    /// <param name="residual">[B, S, D]</param>
    /// <param name="modulation">Its gates weigh what is added to the residual.</param>
    /// <returns>[B, S, D]</returns>
    public Tensor Project(Tensor attended, Tensor residual, Modulation modulation) =>
        output.ForwardGated(attended, residual, modulation);

    private Tensor Rotate(Tensor projected, LayerNorm norm, RotaryTable rotary, int textTokens)
    {
        Tensor rotated = ops.QkNormRope(projected, norm.Weight, norm.Bias, norm.Epsilon, rotary.Cos, rotary.Sin, textTokens);
        ops.Memory.Release(projected);
        return rotated;
    }
}
