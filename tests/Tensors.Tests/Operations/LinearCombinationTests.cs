using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class LinearCombinationTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AddsOneToFourTermsInTheirOrder(string device)
    {
        using Ops ops = EachDevice.Open(device);
        foreach (int count in new[] { 0, 1, 7, 8, 9, 50_003 })
        {
            Tensor[] x = [.. Enumerable.Range(0, 4).Select(term => ops.FromHost(Values(count, term), [count]))];
            float[] a = x[0].ToFloats(), b = x[1].ToFloats(), c = x[2].ToFloats(), d = x[3].ToFloats();
            Assert.Equal(a.Select(v => 0.3f * v), ops.LinearCombination((0.3f, x[0])).ToFloats());
            Assert.Equal(a.Zip(b, (v, w) => 0.3f * v + -1.7f * w), ops.LinearCombination((0.3f, x[0]), (-1.7f, x[1])).ToFloats());
            float[] three = [.. a.Zip(b, c).Select(v => 0.3f * v.First + -1.7f * v.Second + 0.9f * v.Third)];
            Assert.Equal(three, ops.LinearCombination((0.3f, x[0]), (-1.7f, x[1]), (0.9f, x[2])).ToFloats());
            IEnumerable<float> four = three.Zip(d, (v, w) => v + 1e-3f * w);
            Assert.Equal(four, ops.LinearCombination((0.3f, x[0]), (-1.7f, x[1]), (0.9f, x[2]), (1e-3f, x[3])).ToFloats());
        }
    }

    [Fact]
    public void RefusesNoTermsTooManyAndShapesThatDiffer()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor x = ops.Empty([2, 3]);
        Assert.Contains("0 terms", Assert.Throws<TensorException>(() => ops.LinearCombination()).Message);
        Assert.Throws<TensorException>(() => ops.LinearCombination((1, x), (1, x), (1, x), (1, x), (1, x)));
        var error = Assert.Throws<TensorException>(() => ops.LinearCombination((1, x), (1, ops.Empty([3, 2]))));
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[3, 2]", error.Message);
    }

    private static float[] Values(int count, int term) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(i * 0.7f + term))];
}
