using System.Runtime.InteropServices;
using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>Another device, with a stopwatch: what each kind of operation takes there.</summary>
/// <param name="inner">Does the work; disposed with this.</param>
internal sealed unsafe class MeasuringDevice(Device inner) : Device
{
    private readonly Dictionary<string, OperationTime> times = [];

    public override string Name => inner.Name;

    public override DeviceKind Kind => inner.Kind;

    public override MemoryPlace Place => inner.Place;

    public override bool HoldsWeights => inner.HoldsWeights;

    public override CancellationToken Cancellation
    {
        get => inner.Cancellation;
        set => inner.Cancellation = value;
    }

    public override bool ComputesIn(ElementFormat format) => inner.ComputesIn(format);

    public override bool ReadsWeights(ElementFormat format) => inner.ReadsWeights(format);

    public override bool Multiplies(ElementFormat weights, ElementFormat activations) => inner.Multiplies(weights, activations);

    public override nint Allocate(long bytes) => inner.Allocate(bytes);

    public override void Free(nint address) => inner.Free(address);

    public override void CopyIn(void* source, nint target, long bytes) => inner.CopyIn(source, target, bytes);

    public override void CopyInBeside(void* source, nint target, long bytes, Mark after) =>
        inner.CopyInBeside(source, target, bytes, after);

    public override void JoinCopies() => inner.JoinCopies();

    public override void CopyOut(nint source, void* target, long bytes) => inner.CopyOut(source, target, bytes);

    public override Mark Mark() => inner.Mark();

    public override void Wait(Mark mark) => inner.Wait(mark);

    public override TimeSpan Elapsed(Mark from, Mark to) => inner.Elapsed(from, to);

    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        Mark began = inner.Mark();
        inner.Run(operation, workspace);
        TimeSpan elapsed = inner.Elapsed(began, inner.Mark());
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
