using CogVideoX.Models.Configuration;
using CogVideoX.Models.Layers;
using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.T5;

/// <summary>Self-attention and a gated feed-forward layer, each behind an RMS norm and beside a residual.</summary>
internal sealed class T5Block
{
    private readonly Ops ops;
    private readonly T5Config config;
    private readonly Tensor attentionNorm, feedForwardNorm; // [D]
    private readonly Linear query, key, value, output;
    private readonly Tensor gate, up; // [FF, D]
    private readonly Linear down;

    public T5Block(WeightReader layer, T5Config config)
    {
        this.config = config;
        ops = layer.Ops;
        int width = config.Width, inner = config.Heads * config.HeadDim;
        WeightReader attention = layer[0]["SelfAttention"], feedForward = layer[1]["DenseReluDense"];
        attentionNorm = layer[0]["layer_norm"].Get("weight", [width]);
        query = new Linear(attention["q"], width, inner, bias: false);
        key = new Linear(attention["k"], width, inner, bias: false);
        value = new Linear(attention["v"], width, inner, bias: false);
        output = new Linear(attention["o"], inner, width, bias: false);
        feedForwardNorm = layer[1]["layer_norm"].Get("weight", [width]);
        gate = feedForward["wi_0"].GetMatrix("weight", [config.FeedForwardWidth, width]);
        up = feedForward["wi_1"].GetMatrix("weight", [config.FeedForwardWidth, width]);
        down = new Linear(feedForward["wo"], config.FeedForwardWidth, width, bias: false);
    }

    /// <param name="x">[B, T, D]</param>
    /// <param name="bias">[1, N, T, T], added to the logits, which T5 doesn't scale</param>
    public Tensor Forward(Tensor x, Tensor bias)
    {
        using MemoryScope scope = ops.Scope();
        Tensor normed = ops.RmsNorm(x, attentionNorm, (float)config.NormEpsilon);
        Shape heads = [x.Shape[0], x.Shape[1], config.Heads, config.HeadDim];
        (Tensor q, Tensor k, Tensor v) = Linear.ForwardTriple(query, key, value, normed);
        Tensor attended = ops.Attention(q.Reshape(heads), k.Reshape(heads), v.Reshape(heads), bias, scale: 1);
        Tensor middle = output.ForwardAdd(attended.Reshape([x.Shape[0], x.Shape[1], config.Heads * config.HeadDim]), x);

        normed = ops.RmsNorm(middle, feedForwardNorm, (float)config.NormEpsilon);
        return scope.Keep(down.ForwardAdd(ops.LinearGatedGelu(normed, gate, up), middle));
    }
}
