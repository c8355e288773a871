using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>While it lives, a token stops what computes, within an operation too.</summary>
internal readonly struct OpsCancellation : IDisposable
{
    private readonly Ops ops;

    public OpsCancellation(Ops ops, CancellationToken cancellation)
    {
        this.ops = ops;
        ops.Cancellation = cancellation;
    }

    /// <inheritdoc/>
    public void Dispose() => ops.Cancellation = CancellationToken.None;
}
