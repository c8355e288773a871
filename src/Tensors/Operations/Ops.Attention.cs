using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    private const int LargestHeadWidth = 256;

    /// <summary>softmax(scale · q kᵀ + bias) v for each head (arXiv 1706.03762); the scores are never all in memory at once.</summary>
    /// <param name="q">[B, S, N, d], d up to 256</param>
    /// <param name="k">[B, S', N, d]</param>
    /// <param name="v">[B, S', N, d]</param>
    /// <param name="bias">[1 or B, N, S, S'], or none</param>
    /// <param name="scale">0 stands for 1/√d.</param>
    /// <returns>[B, S, N, d]</returns>
    /// <exception cref="TensorException">The shapes don't fit together, or heads are too wide.</exception>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor bias = default, float scale = 0) =>
        Attention(q, k, v, bias, scale, logSumExp: default);

    /// <summary>The same, with the logarithms of the sums of the scores' exponentials, which a gradient is made from.</summary>
    /// <inheritdoc cref="Attention(Tensor, Tensor, Tensor, Tensor, float)"/>
    /// <returns>
    /// [B, S, N, d], and [B, N, S] in F32: ln Σ e^(scale · q kᵀ + bias) over the keys. Of a query whose scores are all −∞ it means nothing.
    /// </returns>
    public (Tensor Result, Tensor LogSumExp) AttentionWithLogSumExp(
        Tensor q, Tensor k, Tensor v, Tensor bias = default, float scale = 0)
    {
        Check(q.Shape.Rank == 4, "attention", $"q is {q.Shape}, [B, S, N, d] is needed.");
        Tensor logSumExp = Empty([q.Shape[0], q.Shape[2], q.Shape[1]]);
        return (Attention(q, k, v, bias, scale, logSumExp), logSumExp);
    }

    private unsafe Tensor Attention(Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor logSumExp)
    {
        const string Name = "attention";
        Check(q.Shape.Rank == 4, Name, $"q is {q.Shape}, [B, S, N, d] is needed.");
        int batch = q.Shape[0], queries = q.Shape[1], heads = q.Shape[2], width = q.Shape[3];
        Check(width is > 0 and <= LargestHeadWidth, Name, $"heads of q {q.Shape} are {width} wide, 1 to {LargestHeadWidth} is possible.");
        Check(k.Shape.Rank == 4 && k.Shape == q.Shape.With(1, k.Shape[1]) && k.Shape[1] > 0, Name,
            $"k is {k.Shape}, q {q.Shape} needs [{batch}, S', {heads}, {width}].");
        Check(v.Shape == k.Shape, Name, $"v is {v.Shape}, k is {k.Shape}; they must be alike.");
        int keys = k.Shape[1];
        Check(bias.IsNone || bias.Shape == [batch, heads, queries, keys] || bias.Shape == [1, heads, queries, keys], Name,
            $"the bias is {bias.Shape}, [1 or {batch}, {heads}, {queries}, {keys}] is needed.");
        long biasBatchStride = bias.IsNone || bias.Shape[0] == 1 ? 0 : bias.Shape.Product(1, 4);
        Tensor y = Memory.Empty(q.Shape, q.Type);
        Run(new Attention(
            Operand(Name, q), Operand(Name, k), Operand(Name, v), Operand(Name, bias), biasBatchStride, y.Elements,
            new AttentionSize(batch, queries, keys, heads, width), scale == 0 ? 1 / MathF.Sqrt(width) : scale,
            logSumExp.Elements));
        return y;
    }
}
