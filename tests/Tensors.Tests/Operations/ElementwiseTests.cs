using CogVideoX.Tensors.Safetensors;
using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class ElementwiseTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ActivationsAgreeWithTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        using SafetensorsFile goldens = Golden.Open("ops/ops.safetensors");
        Tensor x = ops.Load(goldens, "norm.x");
        Agree.With(goldens["silu"], ops.Silu(x), "silu");
        Agree.With(goldens["gelu_erf"], ops.Gelu(x, tanh: false), "gelu_erf");
        Agree.With(goldens["gelu_tanh"], ops.Gelu(x, tanh: true), "gelu_tanh");
        Agree.With(goldens["softmax"], ops.Softmax(x), "softmax");
    }

    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        Shape shape = [random.Next(1, 5), random.Next(1, 30), random.Next(1, 500)];
        Tensor a = ops.Random(random, shape), b = ops.Random(random, shape), c = ops.Random(random, shape);
        return random.Next(9) switch
        {
            0 => ops.Add(a, b),
            1 => ops.Add(a, ops.Random(random, [shape[1], shape[2]])),
            2 => ops.Add(a, ops.Random(random, [shape[2]])),
            3 => ops.Silu(a),
            4 => ops.Gelu(a, random.Next(2) == 0),
            5 => ops.Scale(a, -1.7f),
            6 => ops.Combine(a, 0.3f, b, -2f),
            7 => ops.Combine(a, 0.3f, b, -2f, c, 1.5f),
            _ => ops.Softmax(a),
        };
    });

    [Fact]
    public void CombineRoundsEachProduct()
    {
        using Ops ops = Ops.OnCpu(1);
        var random = new Random(5);
        float[] a = ops.Random(random, [19]).ToFloats(), b = ops.Random(random, [19]).ToFloats();
        float[] y = ops.Combine(ops.FromHost(a, [19]), 1 / 3f, ops.FromHost(b, [19]), 0.7f).ToFloats();
        for (int i = 0; i < 19; i++)
            Assert.Equal((float)((float)(1 / 3f * a[i]) + (float)(0.7f * b[i])), y[i]);
    }

    [Fact]
    public void SoftmaxStandsLargeNumbers()
    {
        using Ops ops = Ops.OnCpu(1);
        Assert.Equal([0, 0.5f, 0.5f], ops.Softmax(ops.FromHost([-3e38f, 1e30f, 1e30f], [1, 3])).ToFloats());
    }

    [Fact]
    public void EmptyTensorsStayEmpty()
    {
        using Ops ops = Ops.OnCpu(2);
        Tensor none = ops.Empty([3, 0]);
        Assert.Empty(ops.Silu(none).ToFloats());
        Assert.Empty(ops.Softmax(none).ToFloats());
        Assert.Empty(ops.Add(none, none).ToFloats());
        Assert.Empty(ops.Combine(none, 1, none, 1).ToFloats());
    }

    [Fact]
    public void RefusesShapesThatDoNotFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 3]);
        Refuses("[2]", () => ops.Add(x, ops.Empty([2])));
        Refuses("[1, 2, 3]", () => ops.Add(x, ops.Empty([1, 2, 3])));
        Refuses("[3, 2]", () => ops.Combine(x, 1, ops.Empty([3, 2]), 1));
        Refuses("[6]", () => ops.Combine(x, 1, x, 1, ops.Empty([6]), 1));
    }

    private static void Refuses(string words, Func<Tensor> call) => Assert.Contains(words, Assert.Throws<TensorException>(() => call()).Message);
}
