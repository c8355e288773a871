using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests.Operations;

public sealed class CopyIntoTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void PiecesMakeWhatTheyWereCutFrom(string device)
    {
        using Ops ops = EachDevice.Open(device);
        float[] values = [.. Enumerable.Range(0, 2 * 5 * 3).Select(i => (float)i)];
        Tensor whole = ops.FromHost(values, [2, 5, 3]), target = ops.Empty([2, 5, 3]);
        ops.CopyInto(ops.Slice(whole, 1, 0, 2), target, 1, 0);
        ops.CopyInto(ops.Slice(whole, 1, 2, 3), target, 1, 2, 2); // of three rows the first two
        ops.CopyInto(ops.Slice(whole, 1, 4, 1), target, -2, 4);
        Assert.Equal(values, target.ToFloats());
    }

    [Fact]
    public void WhatDoesntFitIsRefused()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor target = ops.Empty([2, 5, 3]);
        Assert.Contains("can't be written into", Error(() => ops.CopyInto(ops.Empty([2, 5, 4]), target, 1, 0)));
        Assert.Contains("can't be written into", Error(() => ops.CopyInto(ops.Memory.Empty([2, 2, 3], DType.BF16), target, 1, 0)));
        Assert.Contains("2 of 2 rows don't fit from 4 on into the 5", Error(() => ops.CopyInto(ops.Empty([2, 2, 3]), target, 1, 4)));
        Assert.Contains("3 of 2 rows", Error(() => ops.CopyInto(ops.Empty([2, 2, 3]), target, 1, 0, 3)));
        Assert.Contains("don't fit from -1", Error(() => ops.CopyInto(ops.Empty([2, 2, 3]), target, 1, -1)));
    }

    [Fact]
    public void APlanCountsNoMemoryForIt()
    {
        using Ops plan = Ops.Planning();
        Tensor target = plan.Empty([4, 100]), source = plan.Empty([2, 100]);
        plan.Memory.ResetPeak();
        plan.CopyInto(source, target, 0, 1);
        Assert.Equal(plan.Memory.LiveBytes, plan.Memory.PeakBytes);
    }

    private static string Error(Action copy) => Assert.Throws<TensorException>(copy).Message;
}
