using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class AverageFramePairsTests
{
    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
        ops.AverageFramePairs(
            ops.Random(random, [random.Next(1, 3), random.Next(1, 8), random.Next(1, 40), random.Next(1, 400), random.Next(1, 20)])));

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AnOddNumberKeepsItsFirstFrame(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Assert.Equal([1, 3, 7], ops.AverageFramePairs(ops.FromHost([1f, 2, 4, 6, 8], [1, 5])).ToFloats());
        Assert.Equal([1.5f, 5], ops.AverageFramePairs(ops.FromHost([1f, 2, 4, 6], [1, 4])).ToFloats());
        Assert.Equal([3], ops.AverageFramePairs(ops.FromHost([3f], [1, 1])).ToFloats());
    }

    [Fact]
    public void RefusesNoFrames()
    {
        using Ops ops = Ops.OnCpu(1);
        Assert.Contains("[2, 0, 3]", Assert.Throws<TensorException>(() => ops.AverageFramePairs(ops.Empty([2, 0, 3]))).Message);
        Assert.Throws<TensorException>(() => ops.AverageFramePairs(ops.Empty([4])));
    }
}
