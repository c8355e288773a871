using CogVideoX.Kernels;
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
        Assert.False(sum.IsOnHost);
        Assert.Equal(2, ops.PlannedFlops);
        Assert.Contains("dry run", Assert.Throws<TensorException>(() => sum.AsSpan<float>().Length).Message);
        Assert.Throws<TensorException>(() => sum.ToFloats());
    }

    [Fact]
    public void AScopeEndsOnce()
    {
        using Ops ops = Ops.Planning();
        MemoryScope first = ops.Scope();
        first.Dispose();
        using MemoryScope second = ops.Scope(); // at the depth of the first
        Tensor tensor = ops.Empty([3]);
        Assert.Contains("after it ended", Assert.Throws<TensorException>(first.Dispose).Message);
        Assert.Throws<TensorException>(() => first.Keep(tensor));
        Assert.Throws<TensorException>(() => first.Adopt(tensor));
        Assert.Equal(1, ops.Memory.LiveCount);
        Assert.False(second.Keep(tensor).IsOnHost);
    }

    [Fact]
    public void AScopeDoesNotEndBeforeThoseInsideIt()
    {
        using Ops ops = Ops.Planning();
        MemoryScope outer = ops.Scope(), inner = ops.Scope();
        ops.Empty([3]);
        Assert.Contains("before 1 opened inside it", Assert.Throws<TensorException>(outer.Dispose).Message);
        Assert.Equal(1, ops.Memory.LiveCount);
        inner.Dispose();
        Assert.Equal(0, ops.Memory.LiveCount);
        outer.Dispose();
    }

    [Fact]
    public void ScopesEndWhereAnExceptionPasses()
    {
        using Ops ops = Ops.Planning();
        Assert.Throws<InvalidTimeZoneException>(Fail);
        Assert.Equal(0, ops.Memory.LiveCount);
        ops.Scope().Dispose();

        void Fail()
        {
            using MemoryScope outer = ops.Scope();
            using MemoryScope inner = ops.Scope();
            ops.Empty([3]);
            throw new InvalidTimeZoneException();
        }
    }

    [Fact]
    public void WhileAScopeIsOpenItsThreadIsTheOnlyCaller()
    {
        using Ops ops = Ops.Planning();
        Tensor tensor = ops.Empty([3]);
        using (ops.Scope())
        {
            foreach (Action call in new Action[]
            {
                () => ops.Empty([3]), () => ops.Silu(tensor), () => ops.Scope(),
                () => ops.Memory.Release(tensor), ops.Memory.Trim, ops.Dispose,
            })
            {
                Assert.Contains("One caller at a time", Assert.IsType<InvalidOperationException>(Elsewhere(call)).Message);
            }
            ops.Silu(tensor);
        }
        Assert.Null(Elsewhere(() => ops.Silu(tensor)));
    }

    [Fact]
    public void WhileAnOperationRunsNobodyElseCalls()
    {
        Exception? refusal = null;
        var device = new CountingDevice();
        using var ops = new Ops(device);
        Tensor tensor = ops.Empty([3]);
        device.Running = () => refusal = Elsewhere(() => ops.Silu(tensor));
        ops.Silu(tensor);
        Assert.Contains("One caller at a time", Assert.IsType<InvalidOperationException>(refusal).Message);
    }

    [Fact]
    public void AfterItsEndNothingIsComputed()
    {
        Ops ops = Ops.Planning();
        MemoryScope scope = ops.Scope();
        Tensor tensor = ops.Empty([3]);
        ops.Dispose();
        ops.Dispose();
        scope.Dispose(); // such as a `using` around it
        Assert.Throws<ObjectDisposedException>(() => ops.Empty([3]));
        Assert.Throws<ObjectDisposedException>(() => ops.Scope());
        Assert.Throws<ObjectDisposedException>(() => ops.Silu(tensor));
        Assert.Throws<TensorException>(() => tensor.Reshape([3]));
    }

    [Fact]
    public void TensorsBeyond64BitsAreRefused()
    {
        using Ops ops = Ops.Planning();
        Shape quarter = [1 << 30, 1 << 29]; // 2⁶¹ bytes
        for (int i = 0; i < 3; i++)
            ops.Empty(quarter);
        Assert.Equal(3L << 61, ops.Memory.PeakBytes);
        Assert.Contains("64 bits", Assert.Throws<TensorException>(() => ops.Empty(quarter)).Message);
        Assert.Contains("64 bits", Assert.Throws<TensorException>(() => ops.Empty([int.MaxValue, int.MaxValue])).Message);
        Assert.Contains("64 bits", Assert.Throws<TensorException>(() => ops.Empty([0, int.MaxValue, int.MaxValue, int.MaxValue])).Message);
    }

    private static Exception? Elsewhere(Action call)
    {
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(call));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private sealed unsafe class CountingDevice : Device
    {
        private readonly Dictionary<nint, long> held = [];

        public int Allocations { get; private set; }

        public long MostHeld { get; private set; }

        public override string Name => "counting";

        public override DeviceKind Kind => DeviceKind.Cpu;

        public override MemoryPlace Place => MemoryPlace.Nowhere;

        public override bool ComputesIn(ElementFormat format) => true;

        public override nint Allocate(long bytes)
        {
            held.Add(++Allocations, bytes);
            MostHeld = Math.Max(MostHeld, held.Values.Sum());
            return Allocations;
        }

        public override void Free(nint address) => held.Remove(address);

        public Action? Running { get; set; }

        public override void CopyIn(void* source, nint target, long bytes) { }

        public override void CopyOut(nint source, void* target, long bytes) { }

        public override void Run<TOperation>(in TOperation operation, nint workspace) => Running?.Invoke();
    }
}
