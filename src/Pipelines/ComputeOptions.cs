using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Types that activations may be stored in. Sums, softmax, statistics and the sampler are fp32 in any case.</summary>
public enum ComputeType
{
    /// <summary>fp32 on a CPU, the transformer's stored type elsewhere.</summary>
    Auto,

    /// <summary>IEEE binary32.</summary>
    Fp32,

    /// <summary>bfloat16.</summary>
    Bf16,

    /// <summary>IEEE binary16.</summary>
    Fp16,
}

/// <summary>Whether the transformer's evaluations in sampling are recorded and replayed as one piece: a CUDA graph on a card.</summary>
public enum GraphUse
{
    /// <summary>Where the device can.</summary>
    Auto,

    /// <summary>Refused where the device can't.</summary>
    On,

    /// <summary>Each operation is launched on its own.</summary>
    Off,
}

/// <summary>When tokens behind each block of the transformer are looked at for NaN and infinity. Its output always is.</summary>
public enum FiniteChecks
{
    /// <summary>At the first evaluation of a run: a type too narrow shows there, and the run ends behind the block that has it.</summary>
    First,

    /// <summary>At each; then nothing is recorded (<see cref="ComputeOptions.Graph"/>).</summary>
    Always,

    /// <summary>Never.</summary>
    Off,
}

/// <summary>Where and how a pipeline computes.</summary>
public sealed record ComputeOptions
{
    private const int MostThreads = 1024;

    /// <summary>The CPU, all of its processors.</summary>
    public static ComputeOptions Default { get; } = new();

    /// <summary>A device, from <c>GpuDevices.Find</c> of CogVideoX.Gpu for one; null for the CPU.</summary>
    public IDeviceSource? Device { get; init; }

    /// <summary>The type of activations.</summary>
    public ComputeType Compute { get; init; }

    /// <summary>On a CPU, how many threads compute, up to 1024; 0 for one a processor. The video doesn't depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether evaluations of the transformer are recorded, and replayed as one piece. The video doesn't depend on it; cancelling is by
    /// step then. A run with a trace, or that measures operations, records nothing.
    /// </summary>
    public GraphUse Graph { get; init; }

    /// <summary>When each block of the transformer is looked at for numbers that aren't finite.</summary>
    public FiniteChecks CheckFinite { get; init; }

    /// <summary>Whether results tell what each kind of operation took (<see cref="StageTime.Operations"/>).</summary>
    public bool Measure { get; init; }

    /// <summary>On this machine's CPU, from the parameters of a method.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number of threads that can't be.</exception>
    internal static ComputeOptions OnCpu(int threads, bool measure = false) => ThreadsProblem(threads) is { } problem
        ? throw new ArgumentOutOfRangeException(nameof(threads), problem)
        : new ComputeOptions { Threads = threads, Measure = measure };

    /// <summary>What can't be on any machine, found before anything is opened.</summary>
    /// <exception cref="RequestException">A number of threads that can't be, or a type that there isn't.</exception>
    internal void Check()
    {
        if (ThreadsProblem(Threads) is { } problem)
            throw new RequestException(nameof(Threads), problem);
        if (!Enum.IsDefined(Compute))
            throw new RequestException(nameof(Compute), $"{Compute} is none of {string.Join(", ", Enum.GetNames<ComputeType>())}.");
        if (!Enum.IsDefined(Graph))
            throw new RequestException(nameof(Graph), $"{Graph} is none of {string.Join(", ", Enum.GetNames<GraphUse>())}.");
        if (!Enum.IsDefined(CheckFinite))
        {
            throw new RequestException(
                nameof(CheckFinite), $"{CheckFinite} is none of {string.Join(", ", Enum.GetNames<FiniteChecks>())}.");
        }
        if (Graph == GraphUse.On && !Records)
        {
            string why = Measure ? "operations that are measured are launched one by one"
                : CheckFinite == FiniteChecks.Always ? $"with {nameof(ComputeOptions)}.{nameof(CheckFinite)} always each block is looked at"
                : $"{Device?.Name ?? "the CPU"} records nothing";
            throw new RequestException(nameof(Graph), $"on can't be: {why}. Leave it out, or choose a card with CUDA.");
        }
    }

    private bool Records =>
        Graph != GraphUse.Off && !Measure && CheckFinite != FiniteChecks.Always && Device?.Records == true;

    private static string? ThreadsProblem(int threads) => threads is >= 0 and <= MostThreads
        ? null
        : $"{threads} threads can't be; choose from 1 to {MostThreads}, or 0 for one a processor.";

    /// <summary>The type of activations for a model.</summary>
    /// <exception cref="RequestException">The device has no forms for it.</exception>
    internal DType TypeFor(LoadedModel model)
    {
        DType type = Compute switch
        {
            ComputeType.Fp32 => DType.F32,
            ComputeType.Bf16 => DType.BF16,
            ComputeType.Fp16 => DType.F16,
            _ => Device is null || !model.TransformerType.IsKernelFloat || model.TransformerType.Size < 2
                ? DType.F32
                : model.TransformerType,
        };
        string? lack = Device is null
            ? type == DType.F32 ? null : "the CPU computes with fp32 alone"
            : Device.Lacks(type);
        if (lack is null)
            return type;
        string name = Compute.ToString().ToLowerInvariant();
        throw new RequestException(nameof(Compute), $"{name} can't be: {lack}; fp32 works everywhere.");
    }

    /// <summary>Opens the device.</summary>
    /// <exception cref="DeviceException">It can't be opened.</exception>
    internal Ops Open(DType activations)
    {
        Ops ops = Device is null ? Ops.OnCpu(Threads, Measure) : Ops.On(Device, activations, Measure);
        ops.MayRecord = Records;
        return ops;
    }

    /// <summary>What is planned for; null for this machine's CPU.</summary>
    internal DeviceSpec? Spec(DType activations) =>
        Device is null ? null : new DeviceSpec(Device.Name, Device.Description, Device.FreeBytes, activations) { Records = Records };
}
