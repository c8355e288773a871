using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// LayerNorm of every head, then rotary positions on the tokens after the text (Su et al., arXiv 2104.09864; pairs are
/// neighbours, as in diffusers' <c>apply_rotary_emb</c> with <c>use_real_unbind_dim=-1</c>). Either may be absent.
/// </summary>
/// <param name="x">[batch, tokens, heads, width]</param>
/// <param name="weight">[width], or null for no norm</param>
/// <param name="bias">[width], or null</param>
/// <param name="cosine">[tokens − textTokens, width], or null for no rotation</param>
/// <param name="sine">Like <paramref name="cosine"/>.</param>
/// <param name="y">[batch, tokens, heads, width]; may be x</param>
internal readonly unsafe partial struct QkNormRope(
    Elements x, Elements weight, Elements bias, float epsilon, Elements cosine, Elements sine, Elements y,
    int batch, int tokens, int textTokens, int heads, int width) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements weight = weight;
    private readonly Elements bias = bias;
    private readonly float epsilon = epsilon;
    private readonly Elements cosine = cosine;
    private readonly Elements sine = sine;
    private readonly Elements y = y;
    private readonly int batch = batch;
    private readonly int tokens = tokens;
    private readonly int textTokens = textTokens;
    private readonly int heads = heads;
    private readonly int width = width;

    /// <inheritdoc/>
    public static string Name => "qk_norm_rope";

    /// <inheritdoc/>
    // Norm: sum, difference, square, sum, scale, weight, bias. Rotation: four products and two sums a pair.
    public double Flops =>
        (double)batch * heads * width * ((weight.IsNull ? 0 : 7L * tokens) + (cosine.IsNull ? 0 : 3L * (tokens - textTokens)));
}
