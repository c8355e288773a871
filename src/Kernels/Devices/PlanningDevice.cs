namespace CogVideoX.Kernels.Devices;

/// <summary>
/// Runs nothing and holds nothing: a forward pass on it checks every shape, and counts the arithmetic and the memory that
/// the same pass will take elsewhere. This is how a request is planned before anything heavy starts.
/// </summary>
public sealed class PlanningDevice : Device
{
    private nint next = 4096;

    /// <summary>Floating-point operations of everything that was "run" so far.</summary>
    public long Flops { get; private set; }

    /// <inheritdoc/>
    public override string Name => "plan";

    /// <inheritdoc/>
    public override bool HoldsData => false;

    /// <inheritdoc/>
    public override nint Allocate(long bytes)
    {
        nint address = next;
        next += (nint)((bytes + 63) & ~63L);
        return address;
    }

    /// <inheritdoc/>
    public override void Free(nint address) { }

    /// <inheritdoc/>
    public override void Run<TOperation>(in TOperation operation) => Flops += operation.Flops;
}
