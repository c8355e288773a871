using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>(x − mean) / √(variance + ε) · weight + bias over the last dimension (Ba and others, arXiv 1607.06450).</summary>
    /// <param name="x">[…, width]</param>
    /// <param name="weight">[width], or none for 1</param>
    /// <param name="bias">[width], or none for 0</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="TensorException">Weight or bias isn't [width].</exception>
    public Tensor LayerNorm(Tensor x, Tensor weight, Tensor bias, float epsilon) =>
        LayerNorm("layer_norm", x, weight, bias, epsilon, default, default);

    /// <summary>
    /// Layer norm · (1 + scale) + shift over a joint sequence whose text tokens come first, with one pair of vectors for them and
    /// one for the others (CogVideoXLayerNormZero in diffusers' <c>normalization.py</c>; adaLN, arXiv 2212.09748).
    /// </summary>
    /// <param name="x">[B, S, D]</param>
    /// <param name="weight">[D], or none for 1</param>
    /// <param name="bias">[D], or none for 0</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="modulation">[B, chunks · D]</param>
    /// <param name="videoShift">Which chunk shifts the tokens after the text.</param>
    /// <param name="videoScale">Which chunk scales them.</param>
    /// <param name="textShift">Which chunk shifts the text.</param>
    /// <param name="textScale">Which chunk scales it.</param>
    /// <param name="textTokens">How many of the S tokens are text; 0 … S.</param>
    /// <returns>[B, S, D]</returns>
    /// <exception cref="TensorException">Shapes that don't fit each other, or a chunk that the modulation doesn't have.</exception>
    public unsafe Tensor ModulatedLayerNorm(
        Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor modulation,
        int videoShift, int videoScale, int textShift, int textScale, int textTokens)
    {
        const string Name = "modulated_layer_norm";
        Check(x.Shape.Rank == 3 && x.Count > 0, Name, $"x is {x.Shape}; it must be [B, S, D] with no size 0.");
        (int batch, int sequence, int width) = (x.Shape[0], x.Shape[1], x.Shape[2]);
        Shape vectors = modulation.Shape;
        Check(
            vectors.Rank == 2 && vectors[0] == batch && vectors[1] % width == 0, Name,
            $"the modulation is {vectors}, x {x.Shape} needs [{batch}, chunks·{width}].");
        int chunks = vectors[1] / width;
        foreach (int chunk in (ReadOnlySpan<int>)[videoShift, videoScale, textShift, textScale])
            Check((uint)chunk < (uint)chunks, Name, $"there is no chunk {chunk}: the modulation {vectors} has {chunks} of {width}.");
        Check((uint)textTokens <= (uint)sequence, Name, $"{textTokens} text tokens don't fit x {x.Shape}, which has {sequence}.");
        Elements first = Operand(Name, modulation);
        return LayerNorm(Name, x, weight, bias, epsilon, Vectors(textShift, videoShift), Vectors(textScale, videoScale));

        RowModulation Vectors(int text, int video) =>
            new(first.Slice((long)text * width), first.Slice((long)video * width), vectors[1], sequence, textTokens);
    }

    private unsafe Tensor LayerNorm(
        string name, Tensor x, Tensor weight, Tensor bias, float epsilon, RowModulation shift, RowModulation scale)
    {
        int width = x.Shape[-1];
        Check(weight.IsNone || weight.Shape == [width], name, $"the weight is {Described(weight)}, x {x.Shape} needs [{width}].");
        Check(bias.IsNone || bias.Shape == [width], name, $"the bias is {Described(bias)}, x {x.Shape} needs [{width}].");
        Tensor y = Memory.Empty(x.Shape, x.Type);
        if (x.Count > 0)
            Run(new LayerNorm(Operand(name, x), weight.Elements, bias.Elements, y.Elements, RowsOf(x), width, epsilon, shift, scale));
        return y;
    }
}
