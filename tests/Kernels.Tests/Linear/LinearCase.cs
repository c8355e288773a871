using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>A product of random numbers, and what follows it.</summary>
/// <param name="Type">Of x, and of the weight and the result unless they are others.</param>
internal sealed record LinearCase(ElementFormat Type, int Rows, int Outputs, int Inputs)
{
    private const int Gates = 2; // chunks of a modulation: the text's, the video's

    /// <summary>Formats of what follows the product; null for none.</summary>
    public ElementFormat? Bias { get; init; }

    /// <inheritdoc cref="Bias"/>
    public ElementFormat? Factor { get; init; }

    /// <inheritdoc cref="Bias"/>
    public ElementFormat? Gate { get; init; }

    /// <inheritdoc cref="Bias"/>
    public ElementFormat? Residual { get; init; }

    public LinearActivation Activation { get; init; }

    /// <summary>Of the weight, if it isn't that of x.</summary>
    public ElementFormat? WeightType { get; init; }

    /// <summary>Of a weight of 8-bit floats; null for none.</summary>
    public float? WeightScale { get; init; }

    /// <summary>Of the result, if it isn't that of x.</summary>
    public ElementFormat? Result { get; init; }

    /// <summary>Tokens of a batch, where there is a gate.</summary>
    public int Tokens { get; init; } = 11;

    public int TextTokens { get; init; } = 4;

    public int FirstRow { get; init; }

    /// <summary>Numbers that lie before the operands, which moves them from their alignment.</summary>
    public int SkippedInputs { get; init; }

    /// <inheritdoc cref="SkippedInputs"/>
    public int SkippedWeights { get; init; }

    /// <inheritdoc cref="SkippedInputs"/>
    public int SkippedResults { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>
    /// What the relative L2 error may be. Products of 16 bits are exact; of the sum before and eight products, tensor cores cut off what is
    /// below 2⁻²³ of the largest, and errors of so many sums add as random ones do. What follows rounds to 24 bits, or is the GPU's own
    /// function (2⁻²⁰).
    /// </summary>
    public double Tolerance =>
        RoundedResult.Tolerance(ResultType, (long)Rows * Outputs, Math.Sqrt(Inputs / 8.0) * Math.Pow(2, -23) + Math.Pow(2, -20));

    public Linear Make(Operands operands) => Make(operands, default);

    /// <summary>The same with a residual that this doesn't make.</summary>
    public Linear Make(Operands operands, Elements residual)
    {
        var random = new Random(Seed);
        Elements x = Numbers(operands, Type, SkippedInputs, (long)Rows * Inputs, 1 / Math.Sqrt(Inputs), random);
        Elements weight = WeightType == ElementFormat.F8E4M3
            ? operands.Float8((long)Outputs * Inputs, random, WeightScale)
            : Numbers(operands, WeightType ?? Type, SkippedWeights, (long)Outputs * Inputs, 2, random);
        var epilogue = new LinearEpilogue(Numbers(operands, Bias, Outputs, random), Activation)
        {
            Factor = Numbers(operands, Factor, (long)Rows * Outputs, random),
            Gate = Modulation(operands, random),
            Residual = residual.IsNull ? Numbers(operands, Residual, (long)Rows * Outputs, random) : residual,
        };
        Elements y = operands.Result(ResultType, (long)Rows * Outputs, SkippedResults);
        return new Linear(x, weight, y, Rows, Outputs, Inputs, epilogue);
    }

    public LinearGatedGelu MakeGated(Operands operands)
    {
        var random = new Random(Seed);
        Elements x = Numbers(operands, Type, 0, (long)Rows * Inputs, 1 / Math.Sqrt(Inputs), random);
        Elements gateWeight = Numbers(operands, WeightType ?? Type, 0, (long)Outputs * Inputs, 2, random);
        Elements weight = Numbers(operands, Type, 0, (long)Outputs * Inputs, 2, random);
        return new LinearGatedGelu(x, gateWeight, weight, operands.Result(ResultType, (long)Rows * Outputs), Rows, Outputs, Inputs);
    }

    private ElementFormat ResultType => Result ?? Type;

    private RowModulation Modulation(Operands operands, Random random)
    {
        if (Gate is not { } format)
            return default;
        long batches = ((long)FirstRow + Rows + Tokens - 1) / Tokens, stride = Gates * Outputs;
        Elements numbers = Numbers(operands, format, 0, Math.Min(batches, 1000) * stride, 2, random);
        return new RowModulation(numbers, numbers.Slice(Outputs), stride, Tokens, TextTokens, FirstRow);
    }

    private static Elements Numbers(Operands operands, ElementFormat? format, long count, Random random) =>
        format is { } stored ? operands.Random(stored, count, random) : default;

    private static Elements Numbers(Operands operands, ElementFormat format, int skipped, long count, double width, Random random) =>
        operands.Random(format, count, random, skipped, width);
}
