namespace CogVideoX.Kernels.Devices;

/// <summary>The CPU with its fast forms.</summary>
/// <param name="threads">How many threads compute, the calling one included; 0 for one a processor.</param>
/// <param name="arithmetic">What products multiply.</param>
public sealed unsafe class CpuDevice(int threads = 0, CpuArithmetic arithmetic = CpuArithmetic.Fp32) : HostDevice
{
    /// <summary>The threads that operations share their work among.</summary>
    public CpuThreads Threads { get; } = new(threads > 0 ? threads : Environment.ProcessorCount)
    {
        SameOnEveryProcessor = arithmetic == CpuArithmetic.Bf16,
    };

    /// <inheritdoc/>
    public override string Name
    {
        get
        {
            string plural = Threads.Count == 1 ? "" : "s", products = arithmetic == CpuArithmetic.Bf16 ? ", bf16" : "";
            return $"cpu ({Threads.Count} thread{plural}{products})";
        }
    }

    /// <inheritdoc/>
    public override DeviceKind Kind => arithmetic == CpuArithmetic.Bf16 ? DeviceKind.CpuBf16 : DeviceKind.Cpu;

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
        if (arithmetic == CpuArithmetic.Bf16 && TOperation.HasCpuBf16)
            operation.RunCpuBf16(Threads);
        else
            operation.RunCpu(Threads);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Threads.Dispose();
        base.Dispose();
    }
}
