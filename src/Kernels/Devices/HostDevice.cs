namespace CogVideoX.Kernels.Devices;

/// <summary>A device that computes in this process's memory, each operation to its end.</summary>
public abstract unsafe class HostDevice : Device
{
    /// <inheritdoc/>
    public sealed override MemoryPlace Place => MemoryPlace.Host;

    /// <inheritdoc/>
    public sealed override nint Allocate(long bytes) => HostMemory.Allocate(bytes);

    /// <inheritdoc/>
    public sealed override void Free(nint address) => HostMemory.Free(address);

    /// <inheritdoc/>
    public sealed override void CopyIn(void* source, nint target, long bytes) => Buffer.MemoryCopy(source, (void*)target, bytes, bytes);

    /// <inheritdoc/>
    public sealed override void CopyOut(nint source, void* target, long bytes) => Buffer.MemoryCopy((void*)source, target, bytes, bytes);
}
