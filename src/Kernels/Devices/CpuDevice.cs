namespace CogVideoX.Kernels.Devices;

/// <summary>The CPU with its fast forms.</summary>
/// <param name="threads">How many threads compute, the calling one included; 0 for one a processor.</param>
public sealed class CpuDevice(int threads = 0) : Device
{
    /// <summary>The threads that operations share their work among.</summary>
    public CpuThreads Threads { get; } = new(threads > 0 ? threads : Environment.ProcessorCount);

    /// <inheritdoc/>
    public override string Name => $"cpu ({Threads.Count} thread{(Threads.Count == 1 ? "" : "s")})";

    /// <inheritdoc/>
    public override CancellationToken Cancellation
    {
        get => Threads.Cancellation;
        set => Threads.Cancellation = value;
    }

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => HostMemory.Allocate(bytes);

    /// <inheritdoc/>
    public override void Free(nint address) => HostMemory.Free(address);

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation) => operation.RunCpu(Threads);

    /// <inheritdoc/>
    public override void Dispose()
    {
        Threads.Dispose();
        base.Dispose();
    }
}
