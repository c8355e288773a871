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

/// <summary>How the matrices of the transformer's and the text encoder's layers are stored where they are computed with.</summary>
public enum WeightType
{
    /// <summary>As the checkpoint has them, if the device computes with that.</summary>
    Stored,

    /// <summary>
    /// As 8-bit floats (E4M3) with a factor for each matrix: half the memory, and a video that differs. On cards of sm_80 and later, beside
    /// activations of 16 bits.
    /// </summary>
    Fp8,
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

    /// <summary>The type of the text encoder's activations; auto for that of all others.</summary>
    public ComputeType TextEncoderDtype { get; init; }

    /// <summary>
    /// The type of the VAE's activations; auto for that of all others. In fp32 frames come out nearer to what they should be, in more
    /// memory and time.
    /// </summary>
    public ComputeType VaeDtype { get; init; }

    /// <summary>
    /// Where weights lie on a device with a memory of its own. On the CPU they are read where their files are mapped, and there is nothing
    /// to choose.
    /// </summary>
    public WeightPlacement Weights { get; init; }

    /// <summary>How the matrices of layers are stored where they are computed with.</summary>
    public WeightType WeightDtype { get; init; }

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
    /// <exception cref="RequestException">A number of threads that can't be, or a type or placement that there isn't.</exception>
    internal void Check()
    {
        if (ThreadsProblem(Threads) is { } problem)
            throw new RequestException(nameof(Threads), problem);
        CheckDefined(nameof(Compute), Compute);
        CheckDefined(nameof(TextEncoderDtype), TextEncoderDtype);
        CheckDefined(nameof(VaeDtype), VaeDtype);
        CheckDefined(nameof(Weights), Weights);
        CheckDefined(nameof(WeightDtype), WeightDtype);
        CheckDefined(nameof(Graph), Graph);
        CheckDefined(nameof(CheckFinite), CheckFinite);
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

    private static void CheckDefined<TEnum>(string property, TEnum value) where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
            throw new RequestException(property, $"{value} is none of {string.Join(", ", Enum.GetNames<TEnum>())}.");
    }

    /// <summary>The type of activations for a model.</summary>
    /// <exception cref="RequestException">The device has no forms for it.</exception>
    internal DType TypeFor(LoadedModel model)
    {
        DType stored = model.TransformerType;
        DType auto = Device is null || !stored.IsKernelFloat || stored.Size < 2 ? DType.F32 : stored;
        return Computable(nameof(Compute), Compute, auto);
    }

    /// <summary>The types of the other parts.</summary>
    /// <param name="activations">That of the transformer's.</param>
    internal PartTypes PartTypesFor(DType activations) => new(TypeOf(TextEncoderDtype, activations), TypeOf(VaeDtype, activations));

    /// <exception cref="RequestException">The device has no forms for the type of one of the other parts.</exception>
    internal void CheckPartTypes(DType activations)
    {
        Computable(nameof(TextEncoderDtype), TextEncoderDtype, activations);
        Computable(nameof(VaeDtype), VaeDtype, activations);
    }

    /// <exception cref="RequestException">
    /// The device has no products for weights of that type, beside activations of the parts' types.
    /// </exception>
    internal void CheckWeightDtype(Ops ops)
    {
        if (WeightDtype == WeightType.Stored)
            return;
        foreach (DType type in new[] { ops.ActivationType, PartTypesFor(ops.ActivationType).TextEncoder })
        {
            if (!ops.HasFloat8Products(type))
            {
                throw new RequestException(
                    nameof(WeightDtype),
                    $"fp8 can't be: {ops.DeviceName} has no products of such weights with activations of {type}. Cards of sm_80 and "
                    + "later have them for bf16 and fp16; leave it out elsewhere.");
            }
        }
    }

    private static DType TypeOf(ComputeType asked, DType auto) => asked switch
    {
        ComputeType.Fp32 => DType.F32,
        ComputeType.Bf16 => DType.BF16,
        ComputeType.Fp16 => DType.F16,
        _ => auto,
    };

    private DType Computable(string property, ComputeType asked, DType auto)
    {
        DType type = TypeOf(asked, auto);
        string? lack = Device is null
            ? type == DType.F32 ? null : "the CPU computes with fp32 alone"
            : Device.Lacks(type);
        return lack is null
            ? type
            : throw new RequestException(property, $"{asked.ToString().ToLowerInvariant()} can't be: {lack}; fp32 works everywhere.");
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
