using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class BlendTests
{
    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        Shape before = [random.Next(1, 4), random.Next(1, 9), random.Next(1, 70)];
        int dimension = random.Next(3);
        Shape after = before.With(dimension, random.Next(1, 40));
        return ops.Blend(ops.Random(random, before), ops.Random(random, after), dimension, random.Next(0, 12));
    });

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void FadesFromTheLastRowsOfTheTileBefore(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor before = ops.FromHost([9f, 9, 10, 20], [1, 4]), after = ops.FromHost([0f, 0, 7], [1, 3]);
        Assert.Equal([10, 10, 7], ops.Blend(before, after, 1, 2).ToFloats()); // 10·1 + 0·0, 20·½ + 0·½, and then the tile itself
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void AnOverlapLargerThanATileIsTheTile(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor before = ops.FromHost([4f, 8], [2]), after = ops.FromHost([0f, 0, 0], [3]);
        Assert.Equal([4, 4, 0], ops.Blend(before, after, 0, 100).ToFloats());
    }

    [Fact]
    public void RefusesTilesThatDifferElsewhere()
    {
        using Ops ops = Ops.OnCpu(1);
        var error = Assert.Throws<TensorException>(() => ops.Blend(ops.Empty([2, 3]), ops.Empty([4, 5]), 1, 2));
        Assert.Contains("[2, 3]", error.Message);
        Assert.Contains("[4, 5]", error.Message);
    }
}
