using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class LinearTests
{
    private static readonly DType[] WeightTypes = [DType.F32, DType.BF16, DType.F16, DType.F8E4M3, DType.F8E5M2];

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor y = ops.Linear(ops.Load(goldens, "linear.x"), ops.Load(goldens, "linear.w"), ops.Load(goldens, "linear.b"));
        Agree.With(goldens["linear.y"], y, "linear");
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ActivationsAgreeWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor x = ops.Load(goldens, "norm.x");
        int width = x.Shape[-1];
        var identity = new float[width * width];
        for (int i = 0; i < width; i++)
            identity[i * width + i] = 1;
        Tensor weight = ops.FromHost(identity, [width, width]);
        Agree.With(goldens["gelu_tanh"], ops.Linear(x, weight, activation: Activation.GeluTanh), "gelu_tanh");
        Agree.With(goldens["silu"], ops.Linear(x, weight, activation: Activation.Silu), "silu");
    }

    [Theory]
    [MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]
    public void EveryEpilogueAgreesWithTheNaiveForm(string device)
    {
        using Ops naive = EachDevice.OpenNaive(), fast = EachDevice.Open(device);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(Cases(), size =>
        {
            Func<Ops, LinearCase, Tensor>[] all = [Plain, FirstOfThree, SecondOfThree, ThirdOfThree, Residual, GatedResidual, GatedGelu];
            foreach (Func<Ops, LinearCase, Tensor> form in all)
            {
                using var naiveScope = naive.Scope();
                using var fastScope = fast.Scope();
                Agree.With(form(naive, size), form(fast, size), $"{form.Method.Name} {size}");
            }
        }));
    }

    [Theory]
    [MemberData(nameof(EachDevice.Fast), MemberType = typeof(EachDevice))]
    public void BigProductsAgreeWithTheNaiveForm(string device)
    {
        using Ops naive = EachDevice.OpenNaive(), fast = EachDevice.Open(device);
        foreach (DType type in new[] { DType.F32, DType.BF16 })
        {
            var size = new LinearCase(2, 101, 600, 1100, type, Activation.Silu, 7);
            Agree.With(Plain(naive, size), Plain(fast, size), $"linear, {type}");
            Agree.With(GatedResidual(naive, size), GatedResidual(fast, size), $"gated residual, {type}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(157)]
    public void BitsDontDependOnTheThreads(int tokens)
    {
        var size = new LinearCase(2, tokens, 330, 777, DType.BF16, Activation.GeluTanh, 3);
        float[][] results = [.. new[] { 1, 2, 3 }.Select(threads =>
        {
            using Ops ops = Ops.OnCpu(threads);
            return Plain(ops, size).ToFloats();
        })];
        Assert.True(results[0].AsSpan().SequenceEqual(results[1]));
        Assert.True(results[0].AsSpan().SequenceEqual(results[2]));
    }

    // A product's bits are the same alone and among others.
    [Theory]
    [InlineData(7)]
    [InlineData(157)]
    public void ThreeTogetherAreThreeAlone(int tokens)
    {
        var size = new LinearCase(2, tokens, 330, 777, DType.BF16, Activation.None, 3);
        using Ops ops = Ops.OnCpu(3);
        var random = new TestNumbers(ops, size.Seed);
        Tensor x = size.X(random);
        (Tensor Weight, Tensor Bias)[] weights = [.. Enumerable.Range(0, 3).Select(_ => (size.Weight(random), size.Bias(random)))];
        (Tensor first, Tensor second, Tensor third) = ops.LinearTriple(x, weights[0], weights[1], weights[2]);
        Assert.All(
            new[] { first, second, third }.Zip(weights),
            pair => Assert.Equal(ops.Linear(x, pair.Second.Weight, pair.Second.Bias).ToFloats(), pair.First.ToFloats()));
    }

    [Fact]
    public void RefusesShapesThatDontFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 3, 8]), weight = ops.Empty([5, 8]), y = ops.Empty([2, 3, 5]), modulation = ops.Empty([2, 30]);
        Refused("[5, 8]", () => ops.Linear(ops.Empty([2, 7]), weight));
        Refused("[4]", () => ops.Linear(x, weight, ops.Empty([4])));
        Refused("[4, 8]", () => ops.LinearTriple(x, (weight, default), (weight, default), (ops.Empty([4, 8]), default)).First);
        Refused("[4]", () => ops.LinearTriple(x, (weight, default), (weight, ops.Empty([4])), (weight, default)).First);
        Refused("[2, 3, 4]", () => ops.LinearResidual(x, weight, default, ops.Empty([2, 3, 4])));
        Refused("[4, 8]", () => ops.LinearGatedGelu(x, weight, ops.Empty([4, 8])));
        Refused("[B, S, K]", () => ops.LinearGatedResidual(ops.Empty([6, 8]), weight, default, ops.Empty([6, 5]), modulation, 0, 1, 0));
        Refused("[2, 29]", () => ops.LinearGatedResidual(x, weight, default, y, ops.Empty([2, 29]), 0, 1, 0));
        Refused("6 chunks", () => ops.LinearGatedResidual(x, weight, default, y, modulation, 6, 1, 0));
        Refused("4 text tokens", () => ops.LinearGatedResidual(x, weight, default, y, modulation, 0, 1, 4));
    }

    private static void Refused(string message, Func<Tensor> call) =>
        Assert.Contains(message, Assert.Throws<TensorException>(() => { call(); }).Message);

    private static Arbitrary<LinearCase> Cases() =>
        (from batch in Gen.Choose(1, 2)
         from tokens in Gen.Choose(1, 40)
         from inputs in Gen.OneOf(Gen.Choose(1, 70), Gen.Choose(250, 270))
         from outputs in Gen.Choose(1, 70)
         from type in Gen.Elements(WeightTypes)
         from activation in Gen.Elements(Activation.None, Activation.GeluTanh, Activation.Silu)
         from seed in Gen.Choose(0, 1000)
         select new LinearCase(batch, tokens, inputs, outputs, type, activation, seed)).ToArbitrary();

    private static Tensor Plain(Ops ops, LinearCase size)
    {
        var random = new TestNumbers(ops, size.Seed);
        return ops.Linear(size.X(random), size.Weight(random), size.Bias(random), size.Activation);
    }

    private static Tensor FirstOfThree(Ops ops, LinearCase size) => Three(ops, size).First;

    private static Tensor SecondOfThree(Ops ops, LinearCase size) => Three(ops, size).Second;

    private static Tensor ThirdOfThree(Ops ops, LinearCase size) => Three(ops, size).Third;

    private static (Tensor First, Tensor Second, Tensor Third) Three(Ops ops, LinearCase size)
    {
        var random = new TestNumbers(ops, size.Seed);
        return ops.LinearTriple(
            size.X(random), (size.Weight(random), size.Bias(random)), (size.Weight(random), default),
            (size.Weight(random), size.Bias(random)));
    }

    private static Tensor Residual(Ops ops, LinearCase size)
    {
        var random = new TestNumbers(ops, size.Seed);
        return ops.LinearResidual(size.X(random), size.Weight(random), default, random.Floats([size.Batch, size.Tokens, size.Outputs]));
    }

    private static Tensor GatedResidual(Ops ops, LinearCase size)
    {
        var random = new TestNumbers(ops, size.Seed);
        return ops.LinearGatedResidual(
            size.X(random), size.Weight(random), size.Bias(random), random.Floats([size.Batch, size.Tokens, size.Outputs]),
            random.Floats([size.Batch, 6 * size.Outputs]), 5, 2, size.Tokens / 3);
    }

    private static Tensor GatedGelu(Ops ops, LinearCase size)
    {
        var random = new TestNumbers(ops, size.Seed);
        return ops.LinearGatedGelu(size.X(random), size.Weight(random), size.Weight(random));
    }

    private sealed record LinearCase(int Batch, int Tokens, int Inputs, int Outputs, DType Type, Activation Activation, int Seed)
    {
        // Small enough for sums about 1 in size: far below zero GELU magnifies relative errors without end.
        public Tensor X(TestNumbers random)
        {
            float[] values = random.Floats([Batch, Tokens, Inputs]).ToFloats();
            foreach (ref float value in values.AsSpan())
                value /= MathF.Sqrt(Inputs);
            return random.Ops.FromHost(values, [Batch, Tokens, Inputs]);
        }

        public Tensor Weight(TestNumbers random) => random.Of(Type, [Outputs, Inputs]);

        public Tensor Bias(TestNumbers random) => random.Of(Type, [Outputs]);
    }
}
