using System.Text.Json.Nodes;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Types to compute in: those that activations are stored in, and on a CPU, whose activations are fp32, those that both factors of products
/// are rounded to. Sums, softmax, statistics and the sampler are fp32 in any case.
/// </summary>
public enum ComputeType
{
    /// <summary>fp32 on a CPU, the transformer's stored type elsewhere.</summary>
    Usual,

    /// <summary>
    /// The fastest that the device has an instruction for: bf16 on a CPU with AVX512-BF16, fp32 on another; elsewhere as
    /// <see cref="Usual"/>.
    /// </summary>
    Auto,

    /// <summary>IEEE binary32.</summary>
    Fp32,

    /// <summary>bfloat16. On a CPU with AVX2 and FMA.</summary>
    Bf16,

    /// <summary>IEEE binary16. Not on a CPU.</summary>
    Fp16,

    /// <summary>
    /// On a CPU, bfloat16 in the order in which AMX adds: the fastest where a processor has AMX-BF16, and the same bits where it hasn't.
    /// </summary>
    Bf16Amx,
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

    /// <summary>The type to compute in.</summary>
    public ComputeType Compute { get; init; }

    /// <summary>The text encoder's; usual or auto for that of all others. On a CPU all parts have the same.</summary>
    public ComputeType TextEncoderDtype { get; init; }

    /// <summary>
    /// The VAE's; usual or auto for that of all others. In fp32 frames come out nearer to what they should be, in more memory and time.
    /// On a CPU all parts have the same.
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
    /// <exception cref="RequestException">
    /// A number of threads that can't be, a type or placement that there isn't, or a type that this processor can't compute in.
    /// </exception>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
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
        if (Device is null && LackOnCpu(Compute) is { } lack)
            throw CantBe(nameof(Compute), Compute, lack);
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

    /// <summary>What products multiply on a CPU.</summary>
    /// <exception cref="DeviceException"><c>COGVIDEOX_CPU</c> names nothing that there is.</exception>
    internal CpuProducts Products => Compute switch
    {
        ComputeType.Auto => CpuPaths.Fastest,
        _ => ProductsOf(Compute),
    };

    /// <summary>About how many times as fast as in fp32 long runs on a CPU are; 1 on another device.</summary>
    internal double CpuGain => Device is null ? CpuPaths.Gain(Products) : 1;

    /// <summary>About how many times as fast they would be in bf16, where no type was chosen; 1 where they wouldn't be faster.</summary>
    internal double GainOfBf16 => Device is null && Compute == ComputeType.Usual ? CpuPaths.Gain(CpuProducts.Bf16) : 1;

    /// <summary>
    /// The type that a video was computed in, where its file says so (<see cref="GenerationSummary.CpuCompute"/>): for
    /// <see cref="Compute"/>, to repeat the run.
    /// </summary>
    /// <returns>Null where the file says nothing.</returns>
    /// <exception cref="FormatException">It says something that no file does; the message names it.</exception>
    public static ComputeType? KeptIn(GenerationMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (!metadata.Settings.TryGetValue(MetadataNames.Compute, out JsonNode? node) || node is null)
            return null;
        var type = (ComputeType)SettingValue.FromJson(typeof(ComputeType), MetadataNames.Compute, node);
        return type is ComputeType.Fp32 or ComputeType.Bf16 or ComputeType.Bf16Amx
            ? type
            : throw new FormatException($"'{MetadataNames.Compute}' is {Word(type)}, not fp32, bf16 or bf16-amx");
    }

    /// <summary>The type of activations for a model.</summary>
    /// <exception cref="RequestException">The device has no forms for it.</exception>
    internal DType TypeFor(LoadedModel model)
    {
        DType stored = model.TransformerType;
        if (Device is null)
            return DType.F32;
        bool isComputable = stored is { IsKernelFloat: true, IsBlocked: false, Size: >= 2 };
        return Computable(Device, nameof(Compute), Compute, isComputable ? stored : DType.F32);
    }

    /// <summary>The types of the other parts' activations.</summary>
    /// <param name="ops">Where they are made, with the transformer's type.</param>
    internal PartTypes PartTypesFor(Ops ops) => ops.Products is null
        ? new(TypeOf(TextEncoderDtype, ops.ActivationType), TypeOf(VaeDtype, ops.ActivationType))
        : new(ops.ActivationType);

    /// <param name="activations">The transformer's type.</param>
    /// <exception cref="RequestException">The device has no forms for the type of one of the other parts.</exception>
    internal void CheckPartTypes(DType activations)
    {
        Check(nameof(TextEncoderDtype), TextEncoderDtype);
        Check(nameof(VaeDtype), VaeDtype);

        void Check(string property, ComputeType asked)
        {
            if (Device is not null)
                Computable(Device, property, asked, activations);
            else if (LackOnCpu(asked) is { } lack)
                throw CantBe(property, asked, lack);
            else if (asked is ComputeType.Fp32 or ComputeType.Bf16 or ComputeType.Bf16Amx && ProductsOf(asked) != Products)
                throw CantBe(property, asked, $"on a CPU all parts compute alike, here in {Word(Products)}; give one type for all");
        }
    }

    /// <exception cref="RequestException">
    /// The device has no products for weights of that type, beside activations of the parts' types.
    /// </exception>
    internal void CheckWeightDtype(Ops ops)
    {
        if (WeightDtype == WeightType.Stored)
            return;
        foreach (DType type in new[] { ops.ActivationType, PartTypesFor(ops).TextEncoder })
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
        ComputeType.Bf16 or ComputeType.Bf16Amx => DType.BF16,
        ComputeType.Fp16 => DType.F16,
        _ => auto,
    };

    /// <summary>The type that products of the CPU are chosen by, if it isn't fp32.</summary>
    internal static ComputeType? TypeOf(CpuProducts? products) => products switch
    {
        CpuProducts.Bf16 => ComputeType.Bf16,
        CpuProducts.Bf16Amx => ComputeType.Bf16Amx,
        _ => null,
    };

    private static CpuProducts ProductsOf(ComputeType type) => type switch
    {
        ComputeType.Bf16 => CpuProducts.Bf16,
        ComputeType.Bf16Amx => CpuProducts.Bf16Amx,
        _ => CpuProducts.Fp32,
    };

    private static string? LackOnCpu(ComputeType asked) => asked switch
    {
        ComputeType.Fp16 => "the CPU computes in fp32 and bf16 alone",
        ComputeType.Bf16 or ComputeType.Bf16Amx when CpuPaths.Lack(ProductsOf(asked)) is { } lack => $"{lack}; fp32 works everywhere",
        _ => null,
    };

    private static DType Computable(IDeviceSource device, string property, ComputeType asked, DType auto)
    {
        if (asked == ComputeType.Bf16Amx)
            throw CantBe(property, asked, "it is an order of the CPU's sums; bf16 is what other devices have");
        DType type = TypeOf(asked, auto);
        return device.Lacks(type) is { } lack ? throw CantBe(property, asked, $"{lack}; fp32 works everywhere") : type;
    }

    private static RequestException CantBe(string property, ComputeType asked, string why) =>
        new(property, $"{Word(asked)} can't be: {why}.");

    private static string Word<TEnum>(TEnum value) where TEnum : struct, Enum => SettingWords.Of(value);

    /// <summary>Opens the device.</summary>
    /// <exception cref="DeviceException">It can't be opened.</exception>
    internal Ops Open(DType activations)
    {
        Ops ops = Device is null ? Ops.OnCpu(Threads, Measure, Products) : Ops.On(Device, activations, Measure);
        ops.MayRecord = Records;
        return ops;
    }

    /// <summary>What is planned for; null for this machine's CPU.</summary>
    internal DeviceSpec? Spec(DType activations) =>
        Device is null ? null : new DeviceSpec(Device.Name, Device.Description, Device.FreeBytes, activations) { Records = Records };
}
