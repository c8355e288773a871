using System.Diagnostics;
using System.Runtime.InteropServices;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>Another device, with a stopwatch: what each kind of operation takes there.</summary>
/// <param name="inner">Does the work; disposed with this.</param>
internal sealed class MeasuringDevice(Device inner) : Device
{
    private readonly Dictionary<string, OperationTime> times = [];

    public override string Name => inner.Name;

    public override bool HoldsData => inner.HoldsData;

    public override CancellationToken Cancellation
    {
        get => inner.Cancellation;
        set => inner.Cancellation = value;
    }

    public override nint Allocate(long bytes) => inner.Allocate(bytes);

    public override void Free(nint address) => inner.Free(address);

    public override void Run<TOperation>(in TOperation operation)
    {
        long began = Stopwatch.GetTimestamp();
        inner.Run(operation);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
        ref OperationTime time = ref CollectionsMarshal.GetValueRefOrAddDefault(times, TOperation.Name, out _);
        time = new OperationTime(TOperation.Name, time.Calls + 1, time.Flops + (long)operation.Flops, time.Elapsed + elapsed);
    }

    /// <summary>What ran since the last call, the most time first.</summary>
    public IReadOnlyList<OperationTime> Take()
    {
        OperationTime[] taken = [.. times.Values.OrderByDescending(time => time.Elapsed)];
        times.Clear();
        return taken;
    }

    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }
}
