using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>activation(x · Wᵀ + b).</summary>
    /// <param name="x">[…, K]</param>
    /// <param name="weight">[N, K], any float type</param>
    /// <param name="bias">[N], any float type, or none</param>
    /// <param name="activation">Applied last.</param>
    /// <returns>[…, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together.</exception>
    public Tensor Linear(Tensor x, Tensor weight, Tensor bias = default, Activation activation = Activation.None) =>
        RunLinear("linear", x, weight, bias, new LinearEpilogue(bias.Elements, Of(activation)));

    /// <summary>x · W₀ᵀ + b₀, x · W₁ᵀ + b₁ and x · W₂ᵀ + b₂ as one product: queries, keys and values.</summary>
    /// <param name="x">[…, K]</param>
    /// <param name="first">[N, K], any float type, and a bias [N] or none</param>
    /// <param name="second">Of the same size.</param>
    /// <param name="third">Likewise.</param>
    /// <returns>Three of […, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together.</exception>
    public (Tensor First, Tensor Second, Tensor Third) LinearTriple(
        Tensor x, (Tensor Weight, Tensor Bias) first, (Tensor Weight, Tensor Bias) second, (Tensor Weight, Tensor Bias) third)
    {
        const string Name = "linear_triple";
        Check(first.Weight.Shape == second.Weight.Shape && first.Weight.Shape == third.Weight.Shape, Name,
            $"the weights are {first.Weight.Shape}, {second.Weight.Shape} and {third.Weight.Shape}; they must be alike.");
        Linear product0 = Product(Name, x, first.Weight, first.Bias, new(first.Bias.Elements, default), out Tensor y0);
        Linear product1 = Product(Name, x, second.Weight, second.Bias, new(second.Bias.Elements, default), out Tensor y1);
        Linear product2 = Product(Name, x, third.Weight, third.Bias, new(third.Bias.Elements, default), out Tensor y2);
        if (first.Weight.Type == second.Weight.Type && first.Weight.Type == third.Weight.Type)
        {
            product0 = Keeping(product0, first.Weight);
            product1 = Keeping(product1, second.Weight);
            product2 = Keeping(product2, third.Weight);
        }
        Run(new LinearTriple(product0, product1, product2));
        return (y0, y1, y2);
    }

    /// <summary>residual + (x · Wᵀ + b).</summary>
    /// <param name="x">[…, K]</param>
    /// <param name="weight">[N, K], any float type</param>
    /// <param name="bias">[N], any float type, or none</param>
    /// <param name="residual">[…, N]</param>
    /// <returns>[…, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together.</exception>
    public Tensor LinearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual)
    {
        CheckResult("linear_residual", "residual", x, weight, residual);
        var epilogue = new LinearEpilogue(bias.Elements, LinearActivation.None) { Residual = Operand("linear_residual", residual) };
        return RunLinear("linear_residual", x, weight, bias, epilogue);
    }

    /// <summary>
    /// residual + gate ⊙ (x · Wᵀ + b): the end of both halves of a CogVideoX block, where text and video tokens, in this order,
    /// have gates of their own.
    /// </summary>
    /// <param name="x">[B, S, K]</param>
    /// <param name="weight">[N, K], any float type</param>
    /// <param name="bias">[N], any float type, or none</param>
    /// <param name="residual">[B, S, N]</param>
    /// <param name="modulation">[B, C·N]: C chunks of N, such as the six of adaLN</param>
    /// <param name="videoGate">Which chunk gates the video tokens.</param>
    /// <param name="textGate">Which chunk gates the text tokens.</param>
    /// <param name="textTokens">How many of the S tokens, from the first, are text.</param>
    /// <returns>[B, S, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together, or a chunk or a token leaves its range.</exception>
    public Tensor LinearGatedResidual(
        Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor modulation, int videoGate, int textGate, int textTokens)
    {
        const string Name = "linear_gated_residual";
        CheckResult(Name, "residual", x, weight, residual);
        Check(x.Shape.Rank == 3, Name, $"x is {x.Shape}, [B, S, K] is needed.");
        int batch = x.Shape[0], tokens = x.Shape[1], outputs = weight.Shape[0];
        Check(modulation.Shape.Rank == 2 && modulation.Shape[0] == batch && modulation.Shape[1] % Math.Max(1, outputs) == 0, Name,
            $"the modulation is {modulation.Shape}, [{batch}, C·{outputs}] is needed.");
        int width = modulation.Shape[1], chunks = width / Math.Max(1, outputs);
        Check((uint)videoGate < chunks && (uint)textGate < chunks, Name,
            $"gates {videoGate} and {textGate} aren't both among the {chunks} chunks of the modulation {modulation.Shape}.");
        Check(textTokens >= 0 && textTokens <= tokens, Name, $"{textTokens} text tokens aren't among the {tokens} of x {x.Shape}.");
        Elements first = Operand(Name, modulation);
        Elements text = first.Slice((long)textGate * outputs), video = first.Slice((long)videoGate * outputs);
        return RunLinear(Name, x, weight, bias, new LinearEpilogue(bias.Elements, LinearActivation.None)
        {
            Gate = new RowModulation(text, video, width, tokens, textTokens),
            Residual = Operand(Name, residual),
        });
    }

    /// <summary>
    /// gelu(x · W₀ᵀ) ⊙ (x · W₁ᵀ), with GELU's tanh form: the gated feed-forward layer of T5 v1.1 (Shazeer, arXiv 2002.05202).
    /// </summary>
    /// <param name="x">[…, K]</param>
    /// <param name="gateWeight">W₀ [N, K], any float type</param>
    /// <param name="weight">W₁ [N, K], any float type</param>
    /// <returns>[…, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together.</exception>
    public Tensor LinearGatedGelu(Tensor x, Tensor gateWeight, Tensor weight)
    {
        const string Name = "linear_gated_gelu";
        Check(gateWeight.Shape == weight.Shape, Name, $"the weights are {gateWeight.Shape} and {weight.Shape}; they must be alike.");
        CheckProduct(Name, x, weight, bias: default);
        Tensor y = Memory.Empty(x.Shape.With(-1, weight.Shape[0]), x.Type);
        Run(new LinearGatedGelu(
            Operand(Name, x), gateWeight.Elements, weight.Elements, y.Elements, RowsOf(x), weight.Shape[0], weight.Shape[1]));
        return y;
    }

    private Tensor RunLinear(string name, Tensor x, Tensor weight, Tensor bias, in LinearEpilogue epilogue)
    {
        Linear product = Product(name, x, weight, bias, epilogue, out Tensor y);
        Run(Keeping(product, weight));
        return y;
    }

    private unsafe Linear Keeping(in Linear product, Tensor weight) =>
        KeptFor(weight, product) is var kept && kept is null ? product : product with { Kept = kept };

    // Checked, with room for its result.
    private Linear Product(string name, Tensor x, Tensor weight, Tensor bias, in LinearEpilogue epilogue, out Tensor y)
    {
        CheckProduct(name, x, weight, bias);
        int outputs = weight.Shape[0];
        y = Memory.Empty(x.Shape.With(-1, outputs), x.Type);
        return new Linear(Operand(name, x), weight.Elements, y.Elements, RowsOf(x), outputs, weight.Shape[1], epilogue);
    }

    private static void CheckProduct(string name, Tensor x, Tensor weight, Tensor bias)
    {
        Check(x.Shape.Rank >= 1 && weight.Shape.Rank == 2 && weight.Shape[1] == x.Shape[-1] && weight.Shape[1] > 0, name,
            $"the weight is {weight.Shape}, x {x.Shape} needs [N, K] with K its last size.");
        int outputs = weight.Shape[0];
        Check(bias.IsNone || bias.Shape == [outputs], name, $"the bias is {bias.Shape}, the weight {weight.Shape} needs [{outputs}].");
    }

    private static void CheckResult(string name, string what, Tensor x, Tensor weight, Tensor tensor) =>
        Check(x.Shape.Rank >= 1 && weight.Shape.Rank == 2 && tensor.Shape == x.Shape.With(-1, weight.Shape[0]), name,
            $"the {what} is {tensor.Shape}, x {x.Shape} and the weight {weight.Shape} need the shape of their product.");

    private static long RowsOf(Tensor x) => x.Shape.Product(0, x.Shape.Rank - 1);

    private static LinearActivation Of(Activation activation) => activation switch
    {
        Activation.None => LinearActivation.None,
        Activation.GeluTanh => LinearActivation.GeluTanh,
        Activation.Silu => LinearActivation.Silu,
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
