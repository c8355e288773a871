using CogVideoX.Emulator;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Norm and rotation of heads by our compiler's kernels: each width, numbers of heads, text and video in a CTA.</summary>
public sealed class QkNormRopeCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    // Fewer heads than a warp has lanes for, as many as are under way together, one more, CogVideoX-2b's.
    [Theory]
    [InlineData(1, 1, 0, 1, 64)]
    [InlineData(1, 7, 3, 3, 64)]
    [InlineData(2, 5, 2, 16, 64)]
    [InlineData(2, 5, 5, 17, 64)]
    [InlineData(1, 130, 9, 30, 64)]
    [InlineData(2, 9, 1, 5, 16)]
    [InlineData(1, 9, 1, 33, 32)]
    [InlineData(1, 30, 1, 9, 128)]
    public void Heads(int batch, int tokens, int textTokens, int heads, int width)
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
            Agrees(new HeadsCase(type, batch, tokens, textTokens, heads, width) { Weight = type, Bias = type, Angles = F32 });
    }

    [Fact]
    public void WhatIsBesideTheHeads()
    {
        foreach (ElementFormat type in new[] { BF16, F16 })
        {
            HeadsCase plain = new(type, 2, 5, 2, 6, 64);
            Agrees(plain);
            foreach (ElementFormat stored in new[] { F32, BF16, F16 })
            {
                Agrees(plain with { Weight = stored });
                Agrees(plain with { Weight = F32, Bias = stored });
                Agrees(plain with { Angles = stored });
            }
        }
    }

    [Fact]
    public void TheResultMayBeWhereTheHeadsAre() =>
        Agrees(new HeadsCase(BF16, 1, 6, 2, 18, 64) { Weight = F32, Angles = F32, InPlace = true });

    [Fact]
    public void LeavesTheRest()
    {
        HeadsCase plain = new(BF16, 1, 3, 1, 2, 64);
        Assert.True(Takes(plain));
        Assert.False(Takes(plain with { Type = F32 }));
        Assert.False(Takes(plain with { Width = 48 }));
        Assert.False(Takes(plain with { Width = 8 }));
        Assert.False(Takes(plain with { Skipped = 2 }));
    }

    [Theory]
    [InlineData(30)]
    [InlineData(48)]
    public void CostsWhatTheTableSays(int heads)
    {
        (Type kernel, LaunchReport report) = Agrees(new HeadsCase(BF16, 1, 64, 8, heads, 64) { Weight = BF16, Bias = BF16, Angles = F32 });
        CountTable.Check($"qk_norm_rope_64x{heads}x64", kernel, report);
    }

    // fp32 in all that comes before the result: a mean, a difference, a root, four products and two sums of 24 bits.
    private static (Type Kernel, LaunchReport Report) Agrees(HeadsCase made)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare(made.Make);
        double tolerance = RoundedResult.Tolerance(made.Type, made.Count, Math.Pow(2, -22));
        Assert.True(error <= tolerance, $"{made}: error {error:E2}, allowed {tolerance:E2}");
        return Assert.Single(launches);
    }

    private static bool Takes(HeadsCase made) => CudaForm.Takes(made.Make);

    /// <summary>Random heads, and what is beside them in which format; null for nothing.</summary>
    private sealed record HeadsCase(ElementFormat Type, int Batch, int Tokens, int TextTokens, int Heads, int Width)
    {
        public ElementFormat? Weight { get; init; }

        public ElementFormat? Bias { get; init; }

        public ElementFormat? Angles { get; init; }

        public bool InPlace { get; init; }

        /// <summary>Numbers before x, which move it from its alignment.</summary>
        public int Skipped { get; init; }

        public long Count => (long)Batch * Tokens * Heads * Width;

        public QkNormRope Make(Operands operands)
        {
            var random = new Random(1);
            Elements x = operands.Random(Type, Count, random, Skipped);
            Elements y = InPlace ? operands.Show(x, Count) : operands.Result(Type, Count);
            Elements weight = operands.Random(Weight, Width, random), bias = operands.Random(Bias, Width, random);
            long angles = (long)(Tokens - TextTokens) * Width;
            ElementFormat? stored = angles > 0 ? Angles : null;
            Elements cosine = operands.Random(stored, angles, random), sine = operands.Random(stored, angles, random);
            return new QkNormRope(x, weight, bias, 1e-6f, cosine, sine, y, Batch, Tokens, TextTokens, Heads, Width);
        }
    }
}
