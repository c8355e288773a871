namespace CogVideoX.Kernels.Devices;

/// <summary>The CPU with the naive forms only: the oracle that every other device is compared with.</summary>
public sealed class ReferenceDevice : Device
{
    /// <inheritdoc/>
    public override string Name => "reference";

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => HostMemory.Allocate(bytes);

    /// <inheritdoc/>
    public override void Free(nint address) => HostMemory.Free(address);

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation) => operation.RunReference();
}
