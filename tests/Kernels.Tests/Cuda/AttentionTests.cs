using CogVideoX.Emulator;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Mutations;

namespace CogVideoX.Kernels.Tests.Cuda;

/// <summary>Attention by our compiler's kernels: widths, types, biases, the edges of tiles, what softmax must stand.</summary>
public sealed class AttentionTests
{
    // What ptxas needs beside what is alive: 15 of 127 in the sample of flash attention.
    private const int MostAlive = 255 - 8;

    public static TheoryData<int> Widths => [32, 48, 64, 80, 96, 128];

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
        foreach (ElementFormat format in new[] { ElementFormat.BF16, ElementFormat.F16 })
            Agrees(new Case(format, new AttentionSize(batch, queries, keys, heads, 64)));
    }

    // As many keys as to end within a block, each kind of tile of queries.
    [Theory]
    [MemberData(nameof(Widths))]
    public void EachWidth(int width)
    {
        Agrees(new Case(ElementFormat.BF16, new AttentionSize(1, 70, 200, 2, width)));
        Agrees(new Case(ElementFormat.F16, new AttentionSize(2, 140, 77, 2, width)));
    }

    [Theory]
    [InlineData("F32", 1)]
    [InlineData("F32", 2)]
    [InlineData("BF16", 1)]
    [InlineData("BF16", 2)]
    [InlineData("F16", 1)]
    [InlineData("F16", 2)]
    public void Biases(string type, int biases)
    {
        ElementFormat bias = Enum.Parse<ElementFormat>(type);
        ElementFormat format = bias == ElementFormat.F16 ? ElementFormat.F16 : ElementFormat.BF16;
        Agrees(new Case(format, new AttentionSize(2, 17, 131, 2, 64)) { Bias = bias, Biases = biases });
        Agrees(new Case(format, new AttentionSize(2, 130, 33, 2, 32)) { Bias = bias, Biases = biases, Scale = 1 });
    }

    // Rows of nothing but the least finite number are averages, as in PyTorch; of a row's −∞ nothing comes.
    [Fact]
    public void Masks()
    {
        float[] bias = new float[3 * 150];
        bias.AsSpan(0, 150).Fill(float.MinValue);
        bias.AsSpan(150, 140).Fill(float.NegativeInfinity);
        bias.AsSpan(300, 145).Fill(float.MinValue);
        Agrees(new Case(ElementFormat.BF16, new AttentionSize(1, 3, 150, 1, 64)) { Bias = ElementFormat.F32, BiasNumbers = bias });
    }

    // Tokens that lie among others': queries, keys and values as one product of weights leaves them.
    [Fact]
    public void Strides() => Agrees(new Case(
        ElementFormat.BF16, new AttentionSize(2, 70, 100, 2, 64) { QueryStride = 3 * 2 * 64, KeyStride = (3 * 2 * 64) + 8 }));

    // Scores of ±10,000 beside such as differ by little from the largest: nothing overflows, and what is near counts.
    [Theory]
    [InlineData("BF16")]
    [InlineData("F16")]
    public void LargeScores(string type)
    {
        const int Keys = 200;
        var size = new AttentionSize(1, 2, Keys, 1, 64);
        float[] q = new float[2 * 64], k = new float[Keys * 64];
        (q[0], q[1], q[64], q[65]) = (100, 1, -100, 1);
        for (int key = 0; key < Keys; key++)
            (k[key * 64], k[key * 64 + 1]) = (key % 3 == 0 ? 100 : -100, key % 16 / 4f);
        Agrees(new Case(Enum.Parse<ElementFormat>(type), size) { Scale = 1, Queries = q, Keys = k });
    }

    [Fact]
    public void EqualScores()
    {
        var size = new AttentionSize(1, 3, 150, 1, 64);
        Agrees(new Case(ElementFormat.BF16, size) { Queries = new float[3 * 64] });
    }

    [Fact]
    public void LeavesTheRest()
    {
        var size = new AttentionSize(1, 2, 3, 1, 64);
        Assert.True(Takes(new Case(ElementFormat.BF16, size)));
        Assert.False(Takes(new Case(ElementFormat.F32, size)));
        Assert.False(Takes(new Case(ElementFormat.BF16, size with { Width = 40 })));
        Assert.False(Takes(new Case(ElementFormat.BF16, size with { Keys = 0 })));
        Assert.False(Takes(new Case(ElementFormat.BF16, size with { KeyStride = 68 })));
        Assert.False(Takes(new Case(ElementFormat.BF16, size) { Scale = -1 }));
    }

    // Both kinds of tiles of queries, and blocks enough for every wait.
    [Theory]
    [InlineData(64, 5, 200, 1)]
    [InlineData(128, 5, 70, 8)]
    public void MutantsAreCaught(int width, int queries, int keys, int heads)
    {
        var made = new Case(ElementFormat.BF16, new AttentionSize(1, queries, keys, heads, width));
        IReadOnlyList<MutationResult> mutants = CudaForm.Mutate(made.On, Tolerance(ElementFormat.BF16));
        Assert.NotEmpty(mutants);
        Assert.All(mutants, mutant => Assert.True(mutant.Caught, mutant.ToString()));
    }

    [Theory]
    [InlineData(64, 256)]
    [InlineData(64, 64)]
    [InlineData(128, 256)]
    public void Counts(int width, int queries)
    {
        (Type kernel, LaunchReport report) = Agrees(new Case(ElementFormat.BF16, new AttentionSize(1, queries, 256, 4, width)));
        CountTable.Check($"attention/{width}/{queries}x256", report);
        Assert.Equal(0, report.Counters.BankConflicts);
        Assert.Equal(0, report.Counters.LocalBytes);
        Assert.InRange(RegistersOf(kernel), 1, MostAlive);
    }

    // Registers are judged where every width has most of them.
    [Theory]
    [MemberData(nameof(Widths))]
    public void EachWidthFitsInRegistersAndMeetsInNoBank(int width)
    {
        (Type kernel, LaunchReport report) = Agrees(new Case(ElementFormat.BF16, new AttentionSize(2, 65, 130, 4, width)));
        Assert.Equal(0, report.Counters.BankConflicts);
        Assert.InRange(RegistersOf(kernel), 1, MostAlive);
    }

    private static int RegistersOf(Type kernel) =>
        RegisterPressure.Of(PtxModule.Parse(EmulatedQueue.CompiledOf(kernel).Ptx).Functions.Values.Single()).Registers;

    private static (Type Kernel, LaunchReport Report) Agrees(Case made)
    {
        (double error, IReadOnlyList<(Type Kernel, LaunchReport Report)> launches) = CudaForm.Compare<Attention>(made.On);
        Assert.True(error <= Tolerance(made.Format), $"{made}: error {error:E2}");
        return Assert.Single(launches);
    }

    private static bool Takes(Case made) => CudaForm.Takes<Attention>(made.On);

    /// <summary>
    /// Two roundings to the type: weights before they meet the values (random signs: their errors add up as the weighted values do), and
    /// results. Products are exact, sums in fp32. Rounding to p bits after the point is off by 2^−p/√12 times the binade's first number,
    /// whose numbers are √(7/3) times that in the mean of squares: together √2 · 2^−p/√28. Half as much again for what chance does.
    /// </summary>
    private static double Tolerance(ElementFormat format) =>
        1.5 * Math.Sqrt(2) * Math.Pow(2, format == ElementFormat.F16 ? -10 : -7) / Math.Sqrt(28);

    /// <summary>An attention on random numbers but where it says otherwise.</summary>
    private sealed record Case(ElementFormat Format, AttentionSize Size)
    {
        public ElementFormat? Bias { get; init; }

        public int Biases { get; init; } = 1;

        public float[]? BiasNumbers { get; init; }

        public float[]? Queries { get; init; }

        public float[]? Keys { get; init; }

        public float Scale { get; init; } = 1 / MathF.Sqrt(Size.Width);

        public Attention On(Operands operands)
        {
            var random = new Random(1);
            long queries = (long)Size.Batch * Size.Queries * Size.QueryStride;
            long keys = (long)Size.Batch * Math.Max(Size.Keys, 1) * Size.KeyStride; // no allocation is empty
            long biases = (long)Size.Heads * Size.Queries * Size.Keys;
            Elements q = operands.Of(Format, Queries ?? Numbers(random, queries)), k = operands.Of(Format, Keys ?? Numbers(random, keys));
            Elements v = operands.Of(Format, Numbers(random, keys));
            Elements bias = Bias is { } format ? operands.Of(format, BiasNumbers ?? Numbers(random, Biases * biases)) : default;
            Elements y = operands.Result(Format, (long)Size.Batch * Size.Queries * Size.Heads * Size.Width);
            return new Attention(q, k, v, bias, Biases > 1 ? biases : 0, y, Size, Scale);
        }

        private static float[] Numbers(Random random, long count)
        {
            var numbers = new float[count];
            foreach (ref float number in numbers.AsSpan())
                number = random.NextSingle() * 4 - 2;
            return numbers;
        }
    }
}
