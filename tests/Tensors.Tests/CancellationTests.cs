using CogVideoX.Testing;

namespace CogVideoX.Tensors.Tests;

public sealed class CancellationTests
{
    [Theory]
    [ClassData(typeof(EachDevice))]
    public void StopsEveryOperationUntilItIsTakenBack(string device)
    {
        using Ops ops = EachDevice.Open(device);
        Tensor x = ops.FromHost([1f, 2, 3, 4], [2, 2]);
        ops.Cancellation = new CancellationToken(canceled: true);
        Func<Tensor>[] calls = [() => ops.Scale(x, 2), () => ops.Linear(x, x), () => ops.Concat(x, x, 0), () => ops.Softmax(x)];
        foreach (Func<Tensor> call in calls)
        {
            var error = Assert.Throws<OperationCanceledException>(() =>
            {
                using MemoryScope scope = ops.Scope();
                call();
            });
            Assert.Equal(ops.Cancellation, error.CancellationToken);
            Assert.Equal(1, ops.Memory.LiveCount);
        }
        ops.Cancellation = default;
        Assert.Equal([2, 4, 6, 8], ops.Scale(x, 2).ToFloats());
    }

    [Fact]
    public void StopsADryRun()
    {
        using Ops ops = Ops.Planning();
        ops.Cancellation = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => ops.Silu(ops.Empty([3])));
        Assert.Equal(0, ops.PlannedFlops);
    }

    [Fact]
    public void ReachesTheDeviceThatIsMeasured()
    {
        using Ops ops = Ops.OnCpu(2, measure: true);
        ops.Cancellation = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => ops.Silu(ops.Empty([3])));
        Assert.Empty(ops.TakeOperationTimes());
    }
}
