using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>An attention on random numbers but where it says otherwise.</summary>
internal sealed record AttentionCase(ElementFormat Format, AttentionSize Size)
{
    public ElementFormat? Bias { get; init; }

    public int Biases { get; init; } = 1;

    public float[]? BiasNumbers { get; init; }

    public float[]? Queries { get; init; }

    public float[]? Keys { get; init; }

    public float Scale { get; init; } = 1 / MathF.Sqrt(Size.Width);

    /// <summary>Numbers before the result, which move it from its alignment.</summary>
    public int Skipped { get; init; }

    /// <summary>Whether the logarithms of the sums are the result that is shown.</summary>
    public bool ShowsLogSumExp { get; init; }

    public Attention On(Operands operands)
    {
        var random = new Random(1);
        long queries = (long)Size.Batch * Size.Queries * Size.QueryStride;
        long keys = (long)Size.Batch * Math.Max(Size.Keys, 1) * Size.KeyStride; // no allocation is empty
        long biases = (long)Size.Heads * Size.Queries * Size.Keys;
        Elements q = operands.Of(Format, Queries ?? Numbers(random, queries)), k = operands.Of(Format, Keys ?? Numbers(random, keys));
        Elements v = operands.Of(Format, Numbers(random, keys));
        Elements bias = Bias is { } format ? operands.Of(format, BiasNumbers ?? Numbers(random, Biases * biases)) : default;
        Elements y = operands.Result(Format, (long)Size.Batch * Size.Queries * Size.Heads * Size.Width, Skipped);
        Elements sums = ShowsLogSumExp ? operands.Result(ElementFormat.F32, (long)Size.Batch * Size.Heads * Size.Queries) : default;
        return new Attention(q, k, v, bias, Biases > 1 ? biases : 0, y, Size, Scale, sums);
    }

    private static float[] Numbers(Random random, long count)
    {
        var numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
            number = random.NextSingle() * 4 - 2;
        return numbers;
    }
}
