using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>
    /// Prepares queries or keys for attention: LayerNorm of each head, then rotary positions on the tokens after the text
    /// (arXiv 2104.09864): (x₂ᵢ, x₂ᵢ₊₁) turns by the angle whose cosine and sine stand at the token's 2i and 2i + 1.
    /// </summary>
    /// <param name="x">[B, S, N, d]</param>
    /// <param name="weight">[d], any float type, or none for no norm</param>
    /// <param name="bias">[d], any float type, or none</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="cosine">[S − textTokens, d], or none for no rotation</param>
    /// <param name="sine">Like <paramref name="cosine"/>.</param>
    /// <param name="textTokens">How many tokens, from the first, have no position.</param>
    /// <returns>[B, S, N, d]</returns>
    /// <exception cref="TensorException">The shapes don't fit together, or d is odd where there is a rotation.</exception>
    public unsafe Tensor QkNormRope(
        Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor cosine = default, Tensor sine = default, int textTokens = 0)
    {
        const string Name = "qk_norm_rope";
        Check(x.Shape.Rank == 4, Name, $"x is {x.Shape}, [B, S, N, d] is needed.");
        int tokens = x.Shape[1], width = x.Shape[3];
        Check(weight.IsNone || weight.Shape == [width], Name, $"the weight is {weight.Shape}, x {x.Shape} needs [{width}].");
        Check(
            bias.IsNone || (!weight.IsNone && bias.Shape == [width]), Name,
            $"the bias is {bias.Shape}, x {x.Shape} needs [{width}] beside a weight.");
        Check(textTokens >= 0 && textTokens <= tokens, Name, $"{textTokens} text tokens aren't among the {tokens} of x {x.Shape}.");
        Shape table = [tokens - Math.Clamp(textTokens, 0, tokens), width];
        Check(cosine.IsNone == sine.IsNone && (cosine.IsNone || (cosine.Shape == table && sine.Shape == table)), Name,
            $"cosine and sine are {cosine.Shape} and {sine.Shape}, x {x.Shape} with {textTokens} text tokens needs {table} twice.");
        Check(cosine.IsNone || width % 2 == 0, Name, $"heads of x {x.Shape} have an odd width, which can't be rotated in pairs.");
        Tensor y = Memory.Empty(x.Shape, x.Type);
        Run(new QkNormRope(
            Operand(Name, x), weight.Elements, bias.Elements, epsilon, cosine.Elements, sine.Elements, y.Elements,
            x.Shape[0], tokens, textTokens, x.Shape[2], width));
        return y;
    }
}
