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
    public unsafe Tensor Linear(Tensor x, Tensor weight, Tensor bias = default, Activation activation = Activation.None) =>
        RunLinear("linear", x, weight, bias, new LinearEpilogue(bias.Weight, Of(activation)));

    /// <summary>residual + (x · Wᵀ + b).</summary>
    /// <param name="x">[…, K]</param>
    /// <param name="weight">[N, K], any float type</param>
    /// <param name="bias">[N], any float type, or none</param>
    /// <param name="residual">[…, N]</param>
    /// <returns>[…, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together.</exception>
    public unsafe Tensor LinearResidual(Tensor x, Tensor weight, Tensor bias, Tensor residual)
    {
        CheckResult("linear_residual", "residual", x, weight, residual);
        return RunLinear("linear_residual", x, weight, bias, new LinearEpilogue(bias.Weight, LinearActivation.None) { Residual = residual.Floats });
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
    public unsafe Tensor LinearGatedResidual(
        Tensor x, Tensor weight, Tensor bias, Tensor residual, Tensor modulation, int videoGate, int textGate, int textTokens)
    {
        const string name = "linear_gated_residual";
        CheckResult(name, "residual", x, weight, residual);
        Check(x.Shape.Rank == 3, name, $"x is {x.Shape}, [B, S, K] is needed.");
        int batch = x.Shape[0], tokens = x.Shape[1], outputs = weight.Shape[0];
        Check(modulation.Shape.Rank == 2 && modulation.Shape[0] == batch && modulation.Shape[1] % Math.Max(1, outputs) == 0, name,
            $"the modulation is {modulation.Shape}, [{batch}, C·{outputs}] is needed.");
        int width = modulation.Shape[1], chunks = width / Math.Max(1, outputs);
        Check((uint)videoGate < chunks && (uint)textGate < chunks, name,
            $"gates {videoGate} and {textGate} aren't both among the {chunks} chunks of the modulation {modulation.Shape}.");
        Check(textTokens >= 0 && textTokens <= tokens, name, $"{textTokens} text tokens aren't among the {tokens} of x {x.Shape}.");
        float* chunk = modulation.Floats;
        var gate = new RowGate(chunk + (long)textGate * outputs, chunk + (long)videoGate * outputs, width, tokens, textTokens);
        return RunLinear(name, x, weight, bias, new LinearEpilogue(bias.Weight, LinearActivation.None) { Gate = gate, Residual = residual.Floats });
    }

    /// <summary>gelu(x · W₀ᵀ) ⊙ (x · W₁ᵀ), with GELU's tanh form: the gated feed-forward layer of T5 v1.1 (Shazeer, arXiv 2002.05202).</summary>
    /// <param name="x">[…, K]</param>
    /// <param name="gateWeight">W₀ [N, K], any float type</param>
    /// <param name="weight">W₁ [N, K], any float type</param>
    /// <returns>[…, N]</returns>
    /// <exception cref="TensorException">The shapes don't fit together.</exception>
    public unsafe Tensor LinearGatedGelu(Tensor x, Tensor gateWeight, Tensor weight)
    {
        const string name = "linear_gated_gelu";
        Check(gateWeight.Shape == weight.Shape, name, $"the weights are {gateWeight.Shape} and {weight.Shape}; they must be alike.");
        Tensor factor = RunLinear(name, x, weight, default, default);
        Tensor y = RunLinear(name, x, gateWeight, default, new LinearEpilogue(default, LinearActivation.GeluTanh) { Factor = factor.Floats });
        Memory.Release(factor);
        return y;
    }

    private unsafe Tensor RunLinear(string name, Tensor x, Tensor weight, Tensor bias, in LinearEpilogue epilogue)
    {
        Check(x.Shape.Rank >= 1 && weight.Shape.Rank == 2 && weight.Shape[1] == x.Shape[-1] && weight.Shape[1] > 0, name,
            $"the weight is {weight.Shape}, x {x.Shape} needs [N, K] with K its last size.");
        int outputs = weight.Shape[0], inputs = weight.Shape[1];
        Check(bias.IsNone || bias.Shape == [outputs], name, $"the bias is {bias.Shape}, the weight {weight.Shape} needs [{outputs}].");
        int rows = Rows(name, x);
        Tensor y = Empty(x.Shape.With(-1, outputs));
        device.Run(new Linear(x.Floats, weight.Weight, y.Floats, rows, outputs, inputs, epilogue));
        return y;
    }

    private static void CheckResult(string name, string what, Tensor x, Tensor weight, Tensor tensor) =>
        Check(x.Shape.Rank >= 1 && weight.Shape.Rank == 2 && tensor.Shape == x.Shape.With(-1, weight.Shape[0]), name,
            $"the {what} is {tensor.Shape}, x {x.Shape} and the weight {weight.Shape} need the shape of their product.");

    private static int Rows(string name, Tensor x)
    {
        long rows = x.Shape.Product(0, x.Shape.Rank - 1);
        Check(rows <= int.MaxValue, name, $"x {x.Shape} has more than 2³¹ − 1 rows.");
        return (int)rows;
    }

    private static LinearActivation Of(Activation activation) => activation switch
    {
        Activation.None => LinearActivation.None,
        Activation.GeluTanh => LinearActivation.GeluTanh,
        Activation.Silu => LinearActivation.Silu,
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };
}
