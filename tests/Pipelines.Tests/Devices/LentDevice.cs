using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Pipelines.Tests.Devices;

/// <summary>A device that outlives who opened it: its kernels are compiled once for many runs.</summary>
internal sealed unsafe class LentDevice(Device inner) : Device
{
    public override string Name => inner.Name;

    public override DeviceKind Kind => inner.Kind;

    public override MemoryPlace Place => inner.Place;

    public override bool Records => inner.Records;

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

    public override void Run<TOperation>(in TOperation operation, nint workspace) => inner.Run(operation, workspace);

    public override Recording Record(Action work) => inner.Record(work);

    public override void Replay(Recording recording) => inner.Replay(recording);

    public override Mark Mark() => inner.Mark();

    public override void Wait(Mark mark) => inner.Wait(mark);

    public override TimeSpan Elapsed(Mark from, Mark to) => inner.Elapsed(from, to);
}
