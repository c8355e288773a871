using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class SampleGaussianTests
{
    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        Shape shape = [random.Next(1, 5), random.Next(1, 20_000)];
        return ops.SampleGaussian(ops.Random(random, shape), ops.Random(random, shape), ops.Random(random, shape));
    });

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void TheLogVarianceIsKeptWithinItsBounds(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor mean = ops.FromHost([1f, -1, 2, 0, 0], [5]), noise = ops.FromHost([0f, 3, -2, 1, 1], [5]);
        float[] drawn = ops.SampleGaussian(mean, ops.FromHost([5f, 0, 2, 100, -100], [5]), noise).ToFloats();
        double[] expected = [1, 2, 2 - 2 * Math.E, Math.Exp(10), Math.Exp(-15)];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(1, drawn[i] / expected[i], 2e-6);
    }

    [Fact]
    public void RefusesShapesThatDiffer()
    {
        using Ops ops = Ops.OnCpu(1);
        var error = Assert.Throws<TensorException>(() => ops.SampleGaussian(ops.Empty([2, 3]), ops.Empty([2, 3]), ops.Empty([3, 2])));
        Assert.Contains("the noise [3, 2]", error.Message);
    }
}
