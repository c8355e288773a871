using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class RelativeL1Tests
{
    [Fact]
    public void FormsAgree() => Forms.Agree((ops, random) =>
    {
        Shape shape = [random.Next(1, 5), random.Next(1, 30_000)];
        double distance = ops.RelativeL1(ops.Random(random, shape), ops.Random(random, shape));
        return ops.FromHost([(float)distance], [1]);
    });

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void IsTheDistanceAsAShareOfTheReference(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor reference = ops.FromHost([1f, -2, 0, 5], [2, 2]);
        Assert.Equal(0.5, ops.RelativeL1(ops.FromHost([0f, -3, 1, 6], [2, 2]), reference), 1e-7);
        Assert.Equal(0, ops.RelativeL1(reference, reference));
        Assert.Equal(double.NaN, ops.RelativeL1(ops.FromHost([0f, float.NaN, 1, 6], [2, 2]), reference));
        Tensor zero = ops.FromHost([0f, 0, 0, 0], [2, 2]);
        Assert.Equal(0, ops.RelativeL1(zero, zero));
        Assert.Equal(double.PositiveInfinity, ops.RelativeL1(reference, zero));
        Assert.Equal(0, ops.RelativeL1(ops.Empty([0, 3]), ops.Empty([0, 3])));
    }

    [Fact]
    public void InADryRunEverythingHasChanged()
    {
        using Ops ops = Ops.Planning();
        Assert.Equal(double.PositiveInfinity, ops.RelativeL1(ops.Empty([4]), ops.Empty([4])));
    }

    [Fact]
    public void RefusesWhatIsntAlike()
    {
        using Ops ops = EachDevice.OpenNaive();
        var error = Assert.Throws<TensorException>(() => ops.RelativeL1(ops.Empty([2, 3]), ops.Empty([3, 2])));
        Assert.Contains("F32 [3, 2] can't be compared", error.Message);
        error = Assert.Throws<TensorException>(() => ops.RelativeL1(ops.Empty([2]), ops.Cast(ops.Empty([2]), DType.BF16)));
        Assert.Contains("shape and type must be equal", error.Message);
    }
}
