using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = softmax(scale · q kᵀ + bias) v for each head (Vaswani et al., arXiv 1706.03762).</summary>
/// <param name="q">[batch, queries, heads, width], tokens a stride apart</param>
/// <param name="k">[batch, keys, heads, width], tokens a stride apart</param>
/// <param name="v">[batch, keys, heads, width], tokens a stride apart</param>
/// <param name="bias">[batch or 1, heads, queries, keys], or null</param>
/// <param name="biasBatchStride">Elements from a batch's bias to the next batch's; 0 where they share one.</param>
/// <param name="y">[batch, queries, heads, width], without gaps</param>
/// <param name="logSumExp">
/// [batch, heads, queries] in F32: the logarithm of the sum of the exponentials of a query's scores, or null where nobody asks. Of a query
/// whose scores are all −∞ it means nothing.
/// </param>
internal readonly partial struct Attention(
    Elements q, Elements k, Elements v, Elements bias, long biasBatchStride, Elements y, AttentionSize size, float scale,
    Elements logSumExp = default) : IOperation
{
    private readonly Elements q = q;
    private readonly Elements k = k;
    private readonly Elements v = v;
    private readonly Elements bias = bias;
    private readonly long biasBatchStride = biasBatchStride;
    private readonly Elements y = y;
    private readonly AttentionSize size = size;
    private readonly float scale = scale;
    private readonly Elements logSumExp = logSumExp;

    /// <inheritdoc/>
    public static string Name => "attention";

    /// <inheritdoc/>
    // Two products; a score is scaled, biased, has the maximum taken off, its exponential taken, summed and divided by the sum.
    public double Flops => (4.0 * size.Width + (bias.IsNull ? 5 : 6)) * size.Batch * size.Heads * size.Queries * size.Keys;

    private long QueryOffset(int batch, int head, int token) => (batch * (long)size.Queries + token) * size.QueryStride + head * size.Width;

    private long KeyOffset(int batch, int head, int token) => (batch * (long)size.Keys + token) * size.KeyStride + head * size.Width;

    private long BiasOffset(int batch, int head, int query) => batch * biasBatchStride + (head * (long)size.Queries + query) * size.Keys;

    private long SumOffset(int batch, int head, int query) => (batch * (long)size.Heads + head) * size.Queries + query;

    private long ResultOffset(int batch, int head, int token) => ((batch * (long)size.Queries + token) * size.Heads + head) * size.Width;
}
