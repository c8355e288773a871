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
        Tensor a = ops.Random(random, shape), b = ops.Random(random, shape);
        return random.Next(7) switch
        {
            0 => ops.Add(a, b),
            1 => ops.Add(a, ops.Random(random, [shape[1], shape[2]])),
            2 => ops.Add(a, ops.Random(random, [shape[2]])),
            3 => ops.Silu(a),
            4 => ops.Gelu(a, random.Next(2) == 0),
            5 => ops.Scale(a, -1.7f),
            _ => ops.Softmax(a),
        };
    });

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void SoftmaxStandsLargeNumbers(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Assert.Equal([0, 0.5f, 0.5f], ops.Softmax(ops.FromHost([-3e38f, 1e30f, 1e30f], [1, 3])).ToFloats());
    }

    [Fact]
    public void RefusesShapesThatDoNotFit()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 3]);
        Refuses("[2]", () => ops.Add(x, ops.Empty([2])));
        Refuses("[1, 2, 3]", () => ops.Add(x, ops.Empty([1, 2, 3])));
    }

    private static void Refuses(string words, Func<Tensor> call) =>
        Assert.Contains(words, Assert.Throws<TensorException>(() => call()).Message);
}
