using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class LayerNormTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AgreesWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor weight = ops.Load(goldens, "norm.w"), bias = ops.Load(goldens, "norm.b");
        Verify("norm.x", "layernorm.eps1e-5", weight, bias, 1e-5f);
        Verify("norm.x", "layernorm.eps1e-6.noaffine", default, default, 1e-6f);
        Verify("norm.low_variance.x", "layernorm.low_variance.eps1e-5", weight, bias, 1e-5f);
        Verify("norm.low_variance.x", "layernorm.low_variance.eps1e-6", weight, bias, 1e-6f);

        void Verify(string input, string output, Tensor w, Tensor b, float epsilon) =>
            Agree.With(goldens[output], ops.LayerNorm(ops.Load(goldens, input), w, b, epsilon), output);
    }

    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        int batch = random.Next(1, 4), sequence = random.Next(1, 40), width = random.Next(2, 70), chunks = random.Next(1, 7);
        Tensor x = ops.Random(random, [batch, sequence, width]);
        Tensor weight = random.Next(3) == 0 ? default : ops.RandomHalf(random, [width]);
        Tensor bias = random.Next(3) == 0 ? default : ops.Random(random, [width]);
        if (random.Next(3) == 0)
            return ops.LayerNorm(x, weight, bias, 1e-5f);
        return ops.ModulatedLayerNorm(
            x, weight, bias, 1e-5f, ops.Random(random, [batch, chunks * width]),
            random.Next(chunks), random.Next(chunks), random.Next(chunks), random.Next(chunks), random.Next(sequence + 1));
    });

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void PicksTheVectorsOfEachToken(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor x = ops.FromHost([-1f, 1, -1, 1, -1, 1, -1, 1], [2, 2, 2]);
        Tensor modulation = ops.FromHost([10f, 10, 1, 1, 20, 20, 2, 2, 30, 30, 3, 3, 40, 40, 4, 4], [2, 8]);
        Tensor y = ops.ModulatedLayerNorm(
            x, default, default, 0, modulation, videoShift: 0, videoScale: 1, textShift: 2, textScale: 3, textTokens: 1);
        Assert.Equal([17, 23, 8, 12, 35, 45, 26, 34], y.ToFloats());
    }

    [Fact]
    public void RefusesShapesThatDoNotFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 3, 8]);
        Refuses("the weight is [7]", () => ops.LayerNorm(x, ops.Empty([7]), default, 1e-5f));
        Refuses("the bias is [7]", () => ops.LayerNorm(x, default, ops.Empty([7]), 1e-5f));
        Refuses("[6, 8]", () => Modulated(input: ops.Empty([6, 8])));
        Refuses("needs [2, chunks·8]", () => Modulated(vectors: ops.Empty([2, 12])));
        Refuses("no chunk 2", () => Modulated(videoScale: 2));
        Refuses("4 text tokens", () => Modulated(textTokens: 4));

        Tensor Modulated(Tensor? input = null, Tensor? vectors = null, int videoScale = 1, int textTokens = 1) => ops.ModulatedLayerNorm(
            input ?? x, default, default, 1e-5f, vectors ?? ops.Empty([2, 16]), 0, videoScale, 0, 1, textTokens);
    }

    private static void Refuses(string words, Func<Tensor> call) =>
        Assert.Contains(words, Assert.Throws<TensorException>(() => call()).Message);
}
