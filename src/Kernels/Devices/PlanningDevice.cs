namespace CogVideoX.Kernels.Devices;

/// <summary>
/// Runs nothing and holds nothing: a forward pass on it checks every shape, and counts the arithmetic and the memory that
/// the same pass will take elsewhere. This is how a request is planned before anything heavy starts.
/// </summary>
public sealed class PlanningDevice : Device
{
    private const nint AnyAddress = 4096; // what isn't there is told from what is by a null

    /// <summary>Floating-point operations of everything that was "run" so far.</summary>
    public double Flops { get; private set; }

    /// <inheritdoc/>
    public override string Name => "plan";

    /// <inheritdoc/>
    public override bool HoldsData => false;

    /// <inheritdoc/>
    public override nint Allocate(long bytes) => AnyAddress;

    /// <inheritdoc/>
    public override void Free(nint address) { }

    /// <summary>Counts operations that weren't "run", since others like them were.</summary>
    public void Count(double flops) => Flops += flops;

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation) => Flops += operation.Flops;
}
