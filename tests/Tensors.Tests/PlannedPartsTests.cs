using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests;

public sealed class PlannedPartsTests
{
    [Fact]
    public void InADryRunOneOfAKindIsComputedAndAllAreCounted()
    {
        using Ops plan = Ops.Planning(), whole = Ops.Planning();
        var parts = new PlannedParts<int>(plan);
        int computed = 0;
        Tensor sum = Sum(plan, (size, compute) => parts.Get(size, () =>
        {
            computed++;
            return compute();
        }));
        Tensor expected = Sum(whole, (_, compute) => compute());
        Assert.Equal(2, computed);
        Assert.Equal(expected.Shape, sum.Shape);
        Assert.Equal(whole.PlannedFlops, plan.PlannedFlops);
        Assert.Equal(1, (double)plan.Memory.PeakBytes / whole.Memory.PeakBytes, 0.05); // blocks that are used again are a little larger
    }

    [Theory]
    [ClassData(typeof(EachDevice))]
    public void ElsewhereEachIsComputed(string device)
    {
        using Ops ops = EachDevice.Open(device);
        var parts = new PlannedParts<int>(ops);
        Assert.Equal([1], parts.Get(0, () => ops.FromHost([1f], [1])).ToFloats());
        Assert.Equal([2], parts.Get(0, () => ops.FromHost([2f], [1])).ToFloats());
    }

    // The last part needs as much for itself as the first, beside all that lives by then.
    private static Tensor Sum(Ops ops, Func<int, Func<Tensor>, Tensor> part)
    {
        Tensor sum = ops.Empty([1 << 20]);
        foreach (int size in new[] { 5 << 20, 7 << 20, 5 << 20, 7 << 20, 5 << 20 })
            sum = ops.Concat(sum, part(size, () => Compute(ops, size)), 0);
        return sum;
    }

    private static Tensor Compute(Ops ops, int size)
    {
        using MemoryScope scope = ops.Scope();
        Tensor large = ops.Silu(ops.Empty([4, size]));
        return scope.Keep(ops.Scale(large.Rows(0, 1).Reshape([size]), 2));
    }
}
