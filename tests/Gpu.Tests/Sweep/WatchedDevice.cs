using CogVideoX.Kernels;
using CogVideoX.Kernels.Devices;

namespace CogVideoX.Gpu.Tests;

/// <summary>Another device that remembers which operations ran on it.</summary>
internal sealed unsafe class WatchedDevice(Device inner) : Device
{
    /// <summary>What ran since it was last emptied.</summary>
    public HashSet<Type> Ran { get; } = [];

    /// <inheritdoc/>
    public override string Name => inner.Name;

    /// <inheritdoc/>
    public override DeviceKind Kind => inner.Kind;

    /// <inheritdoc/>
    public override MemoryPlace Place => inner.Place;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => inner.ComputesIn(format);

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => inner.Allocate(bytes);

    /// <inheritdoc/>
    public override void Free(nint address) => inner.Free(address);

    /// <inheritdoc/>
    public override void CopyIn(void* source, nint target, long bytes) => inner.CopyIn(source, target, bytes);

    /// <inheritdoc/>
    public override void CopyInBeside(void* source, nint target, long bytes, Mark after) =>
        inner.CopyInBeside(source, target, bytes, after);

    /// <inheritdoc/>
    public override void JoinCopies() => inner.JoinCopies();

    /// <inheritdoc/>
    public override void CopyOut(nint source, void* target, long bytes) => inner.CopyOut(source, target, bytes);

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        Ran.Add(typeof(TOperation));
        inner.Run(operation, workspace);
    }

    /// <inheritdoc/>
    public override Mark Mark() => inner.Mark();

    /// <inheritdoc/>
    public override void Wait(Mark mark) => inner.Wait(mark);

    /// <inheritdoc/>
    public override TimeSpan Elapsed(Mark from, Mark to) => inner.Elapsed(from, to);

    /// <inheritdoc/>
    public override void Dispose()
    {
        inner.Dispose();
        base.Dispose();
    }
}
