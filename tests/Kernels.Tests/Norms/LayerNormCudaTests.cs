using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Layer norm by our compiler's kernels: lengths of rows, what is beside them, text and video in a CTA.</summary>
public sealed class LayerNormCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    // A row of one eight, rows that end in a lane's first, last and middle eights, each length in full.
    [Theory]
    [InlineData(1, 8)]
    [InlineData(3, 64)]
    [InlineData(3, 256)]
    [InlineData(2, 264)]
    [InlineData(5, 512)]
    [InlineData(1, 1016)]
    [InlineData(4, 1024)]
    [InlineData(130, 1920)]
    [InlineData(3, 2056)]
    [InlineData(9, 3072)]
    [InlineData(2, 3080)]
    [InlineData(1, 4096)]
    public void Rows(int rows, int width)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
            Agrees(new LayerNormCase(type, rows, width) { Weight = type, Bias = type, Modulation = type });
    }

    // All of the type of x, which is known when the kernel is compiled; and any other, which isn't.
    [Fact]
    public void WhatIsBesideTheRows()
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
        {
            LayerNormCase plain = new(type, 6, 264);
            Agrees(plain);
            foreach (ElementFormat stored in new[] { F32, BF16, F16 })
            {
                Agrees(plain with { Weight = stored });
                Agrees(plain with { Bias = stored });
                Agrees(plain with { Modulation = stored });
                Agrees(plain with { Weight = F32, Bias = stored, Modulation = type });
            }
        }
    }

    // Text, video and the next batch within a CTA; rows that are counted from a later one.
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(9)]
    public void VectorsOfEachRow(int firstRow) =>
        Agrees(new LayerNormCase(BF16, 15, 40) { Modulation = F32, Tokens = 5, TextTokens = 2, FirstRow = firstRow });

    // What lies far from zero keeps its deviations as well as the type has them; equal numbers have none, whatever they are.
    [Theory]
    [InlineData(BF16, 250, 1)]
    [InlineData(F16, 2040, 1)]
    [InlineData(BF16, 30_000, 0)]
    [InlineData(F16, 1001, 0)]
    public void FarFromZero(ElementFormat type, float center, int most)
    {
        var random = new Random(2);
        float[] values = [.. Enumerable.Range(0, 3 * 1920).Select(_ => center + random.Next(-most, most + 1))];
        Agrees(new LayerNormCase(type, 3, 1920) { Numbers = values, Bias = F32 }, ratio: most == 0 ? 0 : center / Math.Sqrt(2.0 / 3));
    }

    [Fact]
    public void LeavesTheRest()
    {
        LayerNormCase plain = new(BF16, 3, 64);
        Assert.True(Takes(plain));
        Assert.False(Takes(new LayerNormCase(F32, 3, 64)));
        Assert.False(Takes(new LayerNormCase(BF16, 3, 60)));
        Assert.False(Takes(new LayerNormCase(BF16, 1, 4104)));
        Assert.False(Takes(plain with { Skipped = 1 }));
        Assert.False(Takes(plain with { SkippedResults = 4 }));
        Assert.False(Takes(plain with { Weight = F32, SkippedVectors = 2 }));
        Assert.False(Takes(plain with { Modulation = F32, FirstRow = int.MaxValue - 3 }));
    }

    [Theory]
    [InlineData(1920)]
    [InlineData(3072)]
    public void CostsWhatTheTableSays(int width)
    {
        (Type kernel, LaunchReport report) =
            Agrees(new LayerNormCase(BF16, 64, width) { Weight = BF16, Bias = BF16, Modulation = BF16, Tokens = 64, TextTokens = 8 });
        CountTable.Check($"layer_norm_64x{width}", kernel, report);
    }

    // fp32 in all that comes before the result: a mean, a difference, a root, two products and two sums of 24 bits. Rounding the mean is as
    // many times worse as it is larger than the deviation.
    private static (Type Kernel, LaunchReport Report) Agrees(LayerNormCase made, double ratio = 0)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare(made.Make);
        double tolerance = RoundedResult.Tolerance(made.Type, (long)made.Rows * made.Width, Math.Pow(2, -22) + ratio * Math.Pow(2, -24));
        Assert.True(error <= tolerance, $"{made}: error {error:E2}, allowed {tolerance:E2}");
        return Assert.Single(launches);
    }

    private static bool Takes(LayerNormCase made) => CudaForm.Takes(made.Make);

    /// <summary>Rows of random numbers, and what is beside them in which format; null for nothing.</summary>
    private sealed record LayerNormCase(ElementFormat Type, int Rows, int Width)
    {
        private const int Chunks = 4; // of a modulation: shift and scale of the text and the video

        public float[]? Numbers { get; init; }

        public ElementFormat? Weight { get; init; }

        public ElementFormat? Bias { get; init; }

        public ElementFormat? Modulation { get; init; }

        public int Tokens { get; init; } = 4;

        public int TextTokens { get; init; } = 1;

        public int FirstRow { get; init; }

        /// <summary>Numbers before an operand, which move it from its alignment.</summary>
        public int Skipped { get; init; }

        /// <inheritdoc cref="Skipped"/>
        public int SkippedResults { get; init; }

        /// <inheritdoc cref="Skipped"/>
        public int SkippedVectors { get; init; }

        public LayerNorm Make(Operands operands)
        {
            var random = new Random(1);
            long count = (long)Rows * Width;
            Elements x = Numbers is null ? operands.Random(Type, count, random, Skipped) : operands.Of(Type, Numbers);
            Elements weight = Weight is { } format ? operands.Random(format, Width, random, SkippedVectors) : default;
            Elements bias = operands.Random(Bias, Width, random);
            (RowModulation shift, RowModulation scale) = Vectors(operands, random);
            return new LayerNorm(x, weight, bias, operands.Result(Type, count, SkippedResults), Rows, Width, 1e-5f, shift, scale);
        }

        private (RowModulation Shift, RowModulation Scale) Vectors(Operands operands, Random random)
        {
            if (Modulation is not { } format)
                return default;
            long batches = ((long)FirstRow + Rows + Tokens - 1) / Tokens;
            Elements all = operands.Random(format, Math.Min(batches, 100) * Chunks * Width, random);
            return (Of(0), Of(1));

            RowModulation Of(int chunk) =>
                new(all.Slice((long)chunk * Width), all.Slice((chunk + 2L) * Width), Chunks * Width, Tokens, TextTokens, FirstRow);
        }
    }
}
