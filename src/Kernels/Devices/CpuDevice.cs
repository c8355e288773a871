namespace CogVideoX.Kernels.Devices;

/// <summary>The CPU with its fast forms.</summary>
/// <param name="threads">How many threads compute, the calling one included; 0 for one a processor.</param>
/// <param name="arithmetic">What products multiply.</param>
public sealed unsafe class CpuDevice(int threads = 0, CpuArithmetic arithmetic = CpuArithmetic.Fp32) : HostDevice
{
    /// <summary>The threads that operations share their work among.</summary>
    public CpuThreads Threads { get; } = new(threads > 0 ? threads : Environment.ProcessorCount) { Kind = KindOf(arithmetic) };

    /// <inheritdoc/>
    public override string Name
    {
        get
        {
            string plural = Threads.Count == 1 ? "" : "s";
            string products = Kind switch
            {
                DeviceKind.CpuBf16 => ", bf16",
                DeviceKind.CpuBf16Amx => ", bf16-amx",
                _ => "",
            };
            return $"cpu ({Threads.Count} thread{plural}{products})";
        }
    }

    /// <inheritdoc/>
    public override DeviceKind Kind => Threads.Kind;

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

    /// <summary>The kind of a device that multiplies so.</summary>
    public static DeviceKind KindOf(CpuArithmetic arithmetic) => arithmetic switch
    {
        CpuArithmetic.Bf16 => DeviceKind.CpuBf16,
        CpuArithmetic.Bf16Amx => DeviceKind.CpuBf16Amx,
        _ => DeviceKind.Cpu,
    };

    /// <inheritdoc/>
    public override void Dispose()
    {
        Threads.Dispose();
        base.Dispose();
    }
}
