namespace CogVideoX.Kernels.Devices;

/// <summary>The CPU with its fast forms.</summary>
/// <param name="threads">How many threads compute, the calling one included; 0 for one a processor.</param>
public sealed unsafe class CpuDevice(int threads = 0) : HostDevice
{
    /// <summary>The threads that operations share their work among.</summary>
    public CpuThreads Threads { get; } = new(threads > 0 ? threads : Environment.ProcessorCount);

    /// <inheritdoc/>
    public override string Name => $"cpu ({Threads.Count} thread{(Threads.Count == 1 ? "" : "s")})";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Cpu;

    /// <inheritdoc/>
    public override CancellationToken Cancellation
    {
        get => Threads.Cancellation;
        set => Threads.Cancellation = value;
    }

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => format == ElementFormat.F32;

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace)
    {
        Threads.Workspace = (void*)workspace;
        operation.RunCpu(Threads);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Threads.Dispose();
        base.Dispose();
    }
}
