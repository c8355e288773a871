namespace CogVideoX.Kernels.Devices;

/// <summary>The CPU with the naive forms only: the oracle that every other device is compared with.</summary>
public sealed class ReferenceDevice : HostDevice
{
    /// <inheritdoc/>
    public override string Name => "reference";

    /// <inheritdoc/>
    public override DeviceKind Kind => DeviceKind.Reference;

    /// <inheritdoc/>
    public override bool ComputesIn(ElementFormat format) => format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16;

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation, nint workspace) => operation.RunReference();
}
