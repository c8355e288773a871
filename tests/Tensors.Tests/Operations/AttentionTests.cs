using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class AttentionTests
{
    private static readonly string[] Sizes = ["1x1x64", "17x17x64", "33x33x48", "5x130x64", "64x257x80", "130x70x32", "large_logits"];

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        foreach (string size in Sizes)
        {
            Tensor q = Load(ops, goldens, size, "q"), k = Load(ops, goldens, size, "k"), v = Load(ops, goldens, size, "v");
            Agree.With(goldens[$"attention.{size}.y"], TestNumbers.SwapMiddle(ops, ops.Attention(q, k, v)), size);
            if (!goldens.Names.Contains($"attention.{size}.bias"))
                continue;
            Tensor biased = ops.Attention(q, k, v, ops.Load(goldens, $"attention.{size}.bias"), scale: 1);
            Agree.With(goldens[$"attention.{size}.y_bias_scale1"], TestNumbers.SwapMiddle(ops, biased), $"{size} with bias");
        }
    }

    [Theory]
    [MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]
    public void AgreesWithTheNaiveForm(string device)
    {
        using Ops naive = EachDevice.OpenNaive(), fast = EachDevice.Open(device);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Cases(), size =>
        {
            using var naiveScope = naive.Scope();
            using var fastScope = fast.Scope();
            Agree.With(Run(naive, size), Run(fast, size), size.ToString());
        }));
    }

    [Theory]
    [MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]
    public void ManyKeysAndQueriesAgreeWithTheNaiveForm(string device)
    {
        var size = new AttentionCase(1, 400, 1030, 1, 64, 1, 1);
        using Ops naive = EachDevice.OpenNaive(), fast = EachDevice.Open(device);
        Agree.With(Run(naive, size), Run(fast, size), "attention");
    }

    // Beside the same results. Heads of one width and of one wider than a tile of the portable kernels; a bias of each batch.
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void LogarithmsOfSumsAreThoseOfTheDefinition(string device)
    {
        using Ops ops = EachDevice.Open(device);
        foreach ((int queries, int keys, int width) in (ReadOnlySpan<(int, int, int)>)[(5, 3, 8), (70, 67, 80)])
        {
            var random = new Random(queries);
            Tensor q = ops.Random(random, [2, queries, 2, width]), k = ops.Random(random, [2, keys, 2, width]);
            Tensor v = ops.Random(random, [2, keys, 2, width]), bias = ops.Random(random, [2, 2, queries, keys]);
            (Tensor result, Tensor sums) = ops.AttentionWithLogSumExp(q, k, v, bias, scale: 0.5f);
            Assert.Equal(ops.Attention(q, k, v, bias, scale: 0.5f).ToFloats(), result.ToFloats());
            Assert.Equal<Shape>([2, 2, queries], sums.Shape);
            float[] ofQ = q.ToFloats(), ofK = k.ToFloats(), ofBias = bias.ToFloats(), actual = sums.ToFloats();
            for (int row = 0; row < actual.Length; row++)
            {
                (int batch, int head, int query) = (row / queries / 2, row / queries % 2, row % queries);
                double sum = 0;
                for (int key = 0; key < keys; key++)
                {
                    double score = 0;
                    for (int i = 0; i < width; i++)
                    {
                        score += (double)ofQ[((batch * queries + query) * 2 + head) * width + i]
                            * ofK[((batch * keys + key) * 2 + head) * width + i];
                    }
                    sum += Math.Exp(0.5 * score + ofBias[row * keys + key]);
                }
                Assert.Equal(Math.Log(sum), actual[row], 3e-6 * Math.Max(1, Math.Abs(Math.Log(sum))));
            }
        }
    }

    [Fact]
    public void BitsDontDependOnTheThreads()
    {
        var size = new AttentionCase(1, 350, 300, 2, 64, 1, 1);
        float[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using Ops ops = Ops.OnCpu(threads);
            return Run(ops, size).ToFloats();
        })];
        Assert.True(results[0].AsSpan().SequenceEqual(results[1]));
        Assert.True(results[0].AsSpan().SequenceEqual(results[2]));
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void MaskedKeysDontCount(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor q = ops.FromHost([1f, 2], [1, 1, 1, 2]), k = ops.FromHost([1f, 1, 2, 2, 3, 3], [1, 3, 1, 2]);
        Tensor v = ops.FromHost([1f, 10, 2, 20, 3, 30], [1, 3, 1, 2]);
        foreach (float mask in new[] { float.NegativeInfinity, float.MinValue })
        {
            Tensor y = ops.Attention(q, k, v, ops.FromHost([mask, 0, mask], [1, 1, 1, 3]));
            Assert.Equal([2f, 20f], y.ToFloats());
        }
    }

    [Fact]
    public void RefusesShapesThatDontFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor q = ops.Empty([2, 5, 3, 8]), k = ops.Empty([2, 7, 3, 8]);
        Refused("[2, 5, 24]", () => ops.Attention(ops.Empty([2, 5, 24]), k, k));
        Refused("257", () => ops.Attention(ops.Empty([1, 1, 1, 257]), k, k));
        Refused("[2, 7, 3, 9]", () => ops.Attention(q, ops.Empty([2, 7, 3, 9]), k));
        Refused("[2, 6, 3, 8]", () => ops.Attention(q, k, ops.Empty([2, 6, 3, 8])));
        Refused("[3, 5, 7]", () => ops.Attention(q, k, k, ops.Empty([3, 5, 7])));
    }

    private static void Refused(string message, Func<Tensor> call) =>
        Assert.Contains(message, Assert.Throws<TensorException>(() => { call(); }).Message);

    private static Tensor Load(Ops ops, SafetensorsFile goldens, string size, string name) =>
        TestNumbers.SwapMiddle(ops, goldens[$"attention.{size}.{name}"]);

    private static Arbitrary<AttentionCase> Cases() =>
        (from batch in Gen.Choose(1, 2)
         from queries in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(90, 110))
         from keys in Gen.OneOf(Gen.Choose(1, 40), Gen.Choose(250, 270))
         from heads in Gen.Choose(1, 3)
         from width in Gen.OneOf(Gen.Choose(1, 70), Gen.Constant(256))
         from biasBatch in Gen.Choose(0, 2)
         from seed in Gen.Choose(0, 1000)
         select new AttentionCase(batch, queries, keys, heads, width, Math.Min(biasBatch, batch), seed)).ToArbitrary();

    private static Tensor Run(Ops ops, AttentionCase size)
    {
        var random = new TestNumbers(ops, size.Seed);
        Tensor q = random.Floats([size.Batch, size.Queries, size.Heads, size.Width]);
        Tensor k = random.Floats([size.Batch, size.Keys, size.Heads, size.Width]);
        Tensor v = random.Floats([size.Batch, size.Keys, size.Heads, size.Width]);
        Tensor bias = size.BiasBatch == 0 ? default : random.Floats([size.BiasBatch, size.Heads, size.Queries, size.Keys]);
        return ops.Attention(q, k, v, bias, size.Seed % 2);
    }

    private sealed record AttentionCase(int Batch, int Queries, int Keys, int Heads, int Width, int BiasBatch, int Seed);
}
