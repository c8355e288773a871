using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Tensors;

/// <summary>Another device while work for it is rehearsed: nothing runs, and what can't be recorded is refused.</summary>
internal sealed unsafe class RehearsalDevice(Device inner) : Device
{
    /// <summary>Floating-point operations so far.</summary>
    public double Flops { get; private set; }

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

    public override nint Allocate(long bytes) => throw Refused($"a request for {bytes} bytes of memory");

    public override void Free(nint address) => throw Refused("memory that is given back");

    public override void CopyIn(void* source, nint target, long bytes) => throw Refused("a copy from the host");

    public override void CopyOut(nint source, void* target, long bytes) => throw Refused("a copy to the host");

    public override void Run<TOperation>(in TOperation operation, nint workspace) => Flops += operation.Flops;

    public override Mark Mark() => throw Refused("a mark");

    public override void Wait(Mark mark) => throw Refused("waiting");

    private static InvalidOperationException Refused(string what) =>
        new($"{what} can't be recorded; it comes before the recorded work, or after it.");
}
