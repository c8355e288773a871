using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors.Tests;

public sealed class MemoryTests
{
    [Fact]
    public void ATensorIsRefusedAfterItsScope()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor tensor;
        using (ops.Scope())
            tensor = ops.FromHost([1f, 2], [2]);
        var error = Assert.Throws<TensorException>(() => tensor.ToFloats());
        Assert.Contains("[2]", error.Message);
        Assert.Contains("scope", error.Message);
    }

    // The block is used again at once: the old tensor must not see the new one's numbers.
    [Fact]
    public void ATensorOfAFormerLifeIsRefusedThoughItsBlockLives()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor former;
        using (ops.Scope())
            former = ops.FromHost([1f, 2], [2]);
        Tensor present = ops.FromHost([3f, 4], [2]);
        Assert.Throws<TensorException>(() => ops.Silu(former));
        Assert.Equal([3, 4], present.ToFloats());
    }

    [Fact]
    public void KeepMovesOneScopeOut()
    {
        using Ops ops = Ops.OnCpu(1);
        using MemoryScope outer = ops.Scope();
        Tensor kept;
        using (MemoryScope inner = ops.Scope())
        {
            ops.Empty([3]);
            kept = inner.Keep(ops.FromHost([5f], [1]));
        }
        Assert.Equal([5], kept.ToFloats());
        Assert.Equal(1, ops.Memory.LiveCount);
    }

    [Fact]
    public void AdoptTakesInFromAnyDepth()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor adopted;
        using (MemoryScope outer = ops.Scope())
        {
            using (ops.Scope())
            {
                using (ops.Scope())
                    adopted = outer.Adopt(ops.FromHost([7f], [1]));
            }
            Assert.Equal([7], adopted.ToFloats());
        }
        Assert.Throws<TensorException>(() => adopted.ToFloats());
    }

    [Fact]
    public void ReleaseGivesBackOnceAndNoMore()
    {
        using Ops ops = Ops.OnCpu(1);
        Tensor tensor = ops.Empty([100]);
        ops.Memory.Release(tensor);
        Assert.Equal(0, ops.Memory.LiveBytes);
        Assert.Throws<TensorException>(() => ops.Memory.Release(tensor));
    }

    [Fact]
    public void PeakIsTheLargestSumOfLiveTensors()
    {
        const int Mega = 1 << 20;
        using Ops ops = Ops.OnCpu(1);
        Tensor first = ops.Empty([Mega]);
        ops.Empty([Mega]);
        ops.Memory.Release(first);
        ops.Empty([Mega / 2]); // half of the free block: too small for it, so that little is wasted
        Assert.Equal(8 * Mega, ops.Memory.PeakBytes);
        Assert.Equal(6 * Mega, ops.Memory.LiveBytes);
        ops.Memory.ResetPeak();
        Assert.Equal(6 * Mega, ops.Memory.PeakBytes);
    }

    // Sizes change from operation to operation, and what lives together is little.
    [Fact]
    public void SmallBlocksAreAskedForOnceWhateverThePeak()
    {
        var device = new CountingDevice();
        using var ops = new Ops(device);
        for (int step = 0; step < 3; step++)
        {
            foreach (int kilobytes in new[] { 1000, 30, 400, 2000, 90, 700, 1500 })
                ops.Memory.Release(ops.Empty([kilobytes * 256]));
        }
        Assert.Equal(7, device.Allocations);
    }

    [Fact]
    public void OfLargeBlocksNoMoreIsHeldThanLivedAtOnce()
    {
        const int Mega = 1 << 20;
        var device = new CountingDevice();
        using var ops = new Ops(device);
        foreach (int megabytes in new[] { 100, 20, 60, 130, 40, 90 })
            ops.Memory.Release(ops.Empty([megabytes * Mega / 4]));
        Assert.Equal(130 * Mega, device.MostHeld);
    }

    [Fact]
    public void TensorsOfADryRunHoldNothing()
    {
        using Ops ops = Ops.Planning();
        Tensor sum = ops.Add(ops.FromHost([1f, 2], [2]), ops.Empty([2]));
        Assert.False(sum.HoldsData);
        Assert.Equal(2, ops.PlannedFlops);
        Assert.Contains("dry run", Assert.Throws<TensorException>(() => sum.AsSpan<float>().Length).Message);
        Assert.Throws<TensorException>(() => sum.ToFloats());
    }

    private sealed class CountingDevice : Device
    {
        private readonly Dictionary<nint, long> held = [];

        public int Allocations { get; private set; }

        public long MostHeld { get; private set; }

        public override string Name => "counting";

        public override bool HoldsData => false;

        public override nint Allocate(long bytes)
        {
            held.Add(++Allocations, bytes);
            MostHeld = Math.Max(MostHeld, held.Values.Sum());
            return Allocations;
        }

        public override void Free(nint address) => held.Remove(address);

        public override void Run<TOperation>(in TOperation operation) { }
    }
}
