using CogVideoX.Emulator;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Mutations;
using CogVideoX.Kernels.Tests.Cuda;

namespace CogVideoX.Kernels.Tests;

/// <summary>Attention by our compiler's kernels: widths, types, biases, the edges of tiles, what softmax must stand.</summary>
public sealed class AttentionCudaTests
{
    private const ElementFormat F32 = ElementFormat.F32, BF16 = ElementFormat.BF16, F16 = ElementFormat.F16;

    private const int MostAlive = 240; // of 255 registers: the assembler needs some for itself

    public static TheoryData<int> Widths => [16, 32, 48, 64, 80, 96, 128];

    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 257, 3, 2)]
    [InlineData(15, 65, 2, 1)]
    [InlineData(64, 64, 1, 2)]
    [InlineData(65, 15, 3, 2)]
    [InlineData(130, 130, 2, 2)]
    [InlineData(257, 257, 3, 1)]
    public void Edges(int queries, int keys, int heads, int batch)
    {
        foreach (ElementFormat format in new[] { BF16, F16 })
            Agrees(new AttentionCase(format, new AttentionSize(batch, queries, keys, heads, 64)));
    }

    // As many keys as to end within a block, each kind of tile of queries.
    [Theory]
    [MemberData(nameof(Widths))]
    public void EachWidth(int width)
    {
        Agrees(new AttentionCase(BF16, new AttentionSize(1, 70, 200, 2, width)));
        Agrees(new AttentionCase(F16, new AttentionSize(2, 140, 77, 2, width)));
    }

    // Scores are sums of exact products in fp32, and exponentials and logarithms the card's own: nothing is rounded to 16 bits.
    [Theory]
    [InlineData(1, 1, 1, 1)]
    [InlineData(65, 15, 3, 2)]
    [InlineData(257, 257, 3, 1)]
    public void LogarithmsOfSums(int queries, int keys, int heads, int batch)
    {
        AttentionCase made = new(BF16, new AttentionSize(batch, queries, keys, heads, 64)) { ShowsLogSumExp = true };
        foreach (AttentionCase one in new[] { made, made with { Format = F16, Bias = F32 } })
        {
            (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare<Attention>(one.On);
            Assert.Single(launches);
            Assert.InRange(error, 0, Math.Pow(2, -20));
        }
    }

    [Theory]
    [InlineData(F32, 1)]
    [InlineData(F32, 2)]
    [InlineData(BF16, 1)]
    [InlineData(BF16, 2)]
    [InlineData(F16, 1)]
    [InlineData(F16, 2)]
    public void Biases(ElementFormat bias, int biases)
    {
        ElementFormat format = bias == F16 ? F16 : BF16;
        Agrees(new AttentionCase(format, new AttentionSize(2, 17, 131, 2, 64)) { Bias = bias, Biases = biases });
        Agrees(new AttentionCase(format, new AttentionSize(2, 130, 33, 2, 32)) { Bias = bias, Biases = biases, Scale = 1 });
    }

    // Rows of nothing but the least finite number are averages, as in PyTorch; of a row's −∞ nothing comes.
    [Fact]
    public void Masks()
    {
        float[] bias = new float[3 * 150];
        bias.AsSpan(0, 150).Fill(float.MinValue);
        bias.AsSpan(150, 140).Fill(float.NegativeInfinity);
        bias.AsSpan(300, 145).Fill(float.MinValue);
        Agrees(new AttentionCase(BF16, new AttentionSize(1, 3, 150, 1, 64)) { Bias = F32, BiasNumbers = bias });
    }

    // Tokens that lie among others': queries, keys and values as one product of weights leaves them.
    [Fact]
    public void Strides() => Agrees(new AttentionCase(
        BF16, new AttentionSize(2, 70, 100, 2, 64) { QueryStride = 3 * 2 * 64, KeyStride = (3 * 2 * 64) + 8 }));

    // Scores of ±10,000 beside such as differ by little from the largest: nothing overflows, and what is near counts.
    [Theory]
    [InlineData(BF16)]
    [InlineData(F16)]
    public void LargeScores(ElementFormat format)
    {
        const int Keys = 200;
        var size = new AttentionSize(1, 2, Keys, 1, 64);
        float[] q = new float[2 * 64], k = new float[Keys * 64];
        (q[0], q[1], q[64], q[65]) = (100, 1, -100, 1);
        for (int key = 0; key < Keys; key++)
            (k[key * 64], k[key * 64 + 1]) = (key % 3 == 0 ? 100 : -100, Fraction(key));
        Agrees(new AttentionCase(format, size) { Scale = 1, Queries = q, Keys = k });
    }

    // Scores that rise from block to block, by less than what sums are left alone for, then by more, in every other row; the last block,
    // which is the first that counts, has the least. What came before still counts by some hundredths.
    [Theory]
    [InlineData(BF16)]
    [InlineData(F16)]
    public void RisingScores(ElementFormat format)
    {
        const int Keys = 4 * 96 + 5, Queries = 20;
        float[] q = new float[Queries * 64], k = new float[Keys * 64];
        for (int query = 0; query < Queries; query++)
            (q[query * 64], q[query * 64 + 1]) = (query % 2, 1);
        for (int key = 0; key < Keys; key++)
            (k[key * 64], k[key * 64 + 1]) = (key / 96 == 4 ? 0 : key / 96 * 4 + 3, Fraction(key));
        Agrees(new AttentionCase(format, new AttentionSize(1, Queries, Keys, 1, 64)) { Scale = 1, Queries = q, Keys = k });
    }

    [Fact]
    public void EqualScores()
    {
        var size = new AttentionSize(1, 3, 150, 1, 64);
        Agrees(new AttentionCase(BF16, size) { Queries = new float[3 * 64] });
    }

    [Fact]
    public void LeavesTheRest()
    {
        var size = new AttentionSize(1, 2, 3, 1, 64);
        Assert.True(Takes(new AttentionCase(BF16, size)));
        Assert.False(Takes(new AttentionCase(F32, size)));
        Assert.False(Takes(new AttentionCase(BF16, size with { Width = 40 })));
        Assert.False(Takes(new AttentionCase(BF16, size with { Keys = 0 })));
        Assert.False(Takes(new AttentionCase(BF16, size with { KeyStride = 68 })));
        Assert.False(Takes(new AttentionCase(BF16, size) { Scale = -1 }));
        Assert.False(Takes(new AttentionCase(BF16, size) { Skipped = 1 }));
    }

    // Both kinds of tiles of queries, and blocks enough for every wait.
    [Theory]
    [InlineData(64, 5, 200, 1)]
    [InlineData(128, 5, 70, 8)]
    public void MutantsAreCaught(int width, int queries, int keys, int heads)
    {
        var made = new AttentionCase(BF16, new AttentionSize(1, queries, keys, heads, width));
        IReadOnlyList<MutationResult> mutants = CudaForm.Mutate(made.On, Tolerance(BF16));
        Assert.NotEmpty(mutants);
        Assert.All(mutants, mutant => Assert.True(mutant.Caught, mutant.ToString()));
    }

    [Theory]
    [InlineData(64, 256)]
    [InlineData(64, 64)]
    [InlineData(128, 256)]
    public void Counts(int width, int queries)
    {
        (Type kernel, LaunchReport report) = Agrees(new AttentionCase(BF16, new AttentionSize(1, queries, 256, 4, width)));
        CountTable.Check($"attention_{width}_{queries}x256", kernel, report);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void EachWidthFitsInRegistersAndMeetsInNoBank(int width)
    {
        var plain = new AttentionCase(BF16, new AttentionSize(2, 65, 130, 4, width));
        foreach (AttentionCase made in new[] { plain, plain with { Bias = F32 } })
        {
            (Type kernel, LaunchReport report) = Agrees(made);
            Assert.Equal(0, report.Counters.BankConflicts);
            Assert.InRange(RegistersOf(kernel), 1, MostAlive);
        }
    }

    // Of many values, so that weights are rounded each in its own way, and exact in both types.
    private static float Fraction(int key) => key * 37 % 256 / 64f;

    private static int RegistersOf(Type kernel) =>
        RegisterPressure.Of(PtxModule.Parse(EmulatedQueue.CompiledOf(kernel).Ptx).Functions.Values.Single()).Registers;

    private static (Type Kernel, LaunchReport Report) Agrees(AttentionCase made)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare<Attention>(made.On);
        Assert.True(error <= Tolerance(made.Format), $"{made}: error {error:E2}");
        return Assert.Single(launches);
    }

    private static bool Takes(AttentionCase made) => CudaForm.Takes<Attention>(made.On);

    /// <summary>
    /// Two roundings to the type: weights before they meet the values (random signs: their errors add up as the weighted values do), and
    /// results. Products are exact, sums in fp32. Rounding to p bits after the point is off by 2^−p/√12 times the binade's first number,
    /// whose numbers are √(7/3) times that in the mean of squares: together √2 · 2^−p/√28. Half as much again for what chance does.
    /// </summary>
    private static double Tolerance(ElementFormat format) =>
        1.5 * Math.Sqrt(2) * Math.Pow(2, format == F16 ? -10 : -7) / Math.Sqrt(28);
}
