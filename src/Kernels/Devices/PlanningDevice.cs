namespace CogVideoX.Kernels.Devices;

/// <summary>
/// Runs nothing and holds nothing: a forward pass on it checks every shape, and counts the arithmetic and the memory that the same pass
/// takes on the device that it stands for, which needn't be there. This is how a request is planned before anything heavy starts.
/// </summary>
/// <param name="kind">Of the device that it stands for.</param>
/// <param name="name">Its name.</param>
/// <param name="activations">How activations are stored there, beside F32.</param>
/// <param name="holdsWeights">Whether weights take its memory.</param>
/// <param name="records">Whether it records: what a recording takes is planned then.</param>
public sealed unsafe class PlanningDevice(
    DeviceKind kind = DeviceKind.Cpu, string name = "plan", ElementFormat activations = ElementFormat.F32, bool holdsWeights = false,
    bool records = false)
    : Device
{
    private const nint AnyAddress = 4096; // what isn't there is told from what is by a null

    /// <summary>Floating-point operations of everything that was "run" so far.</summary>
    public double Flops { get; private set; }

    /// <summary>Bytes that were "copied" beside other work so far.</summary>
    public long BytesBeside { get; private set; }

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override DeviceKind Kind => kind;

    /// <inheritdoc/>
    public override MemoryPlace Place => MemoryPlace.Nowhere;

    /// <inheritdoc/>
    public override bool HoldsWeights => holdsWeights;

    /// <inheritdoc/>
    public override bool Records => records;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) =>
        format == ElementFormat.F32 || format == activations || (kind == DeviceKind.Ilgpu && format <= ElementFormat.F16);

    /// <inheritdoc/>
    public override bool ReadsWeights(ElementFormat format) => kind != DeviceKind.Ilgpu || format <= ElementFormat.F16;

    /// <inheritdoc/>
    public override bool Multiplies(ElementFormat weights, ElementFormat activations) => ReadsWeights(weights)
        || (weights == ElementFormat.F8E4M3 && activations is ElementFormat.BF16 or ElementFormat.F16); // cards of sm_80 and later

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => AnyAddress;

    /// <inheritdoc/>
    public override void Free(nint address) { }

    /// <inheritdoc/>
    public override void CopyIn(void* source, nint target, long bytes) { }

    /// <inheritdoc/>
    public override void CopyInBeside(void* source, nint target, long bytes, Mark after) => BytesBeside += bytes;

    /// <summary>There is nothing to copy.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override void CopyOut(nint source, void* target, long bytes) =>
        throw new InvalidOperationException("A dry run has no contents to read.");

    /// <summary>Counts operations that weren't "run", since others like them were.</summary>
    public void Count(double flops) => Flops += flops;

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace) => Flops += operation.Flops;
}
