namespace CogVideoX.Tensors;

/// <summary>
/// Parts of a computation of which many are alike, such as tiles: in a dry run one of a kind is computed, and the others are counted as
/// if they had been. Elsewhere all are computed.
/// </summary>
/// <typeparam name="TKind">What tells the kinds apart: all that a part's shapes depend on.</typeparam>
/// <param name="ops">Where to compute.</param>
internal sealed class PlannedParts<TKind>(Ops ops) where TKind : notnull
{
    private readonly Dictionary<TKind, Part> known = [];

    /// <summary>The result of a part, in the scope of the caller.</summary>
    /// <param name="kind">Which kind it is.</param>
    /// <param name="compute">Computes it; leaves nothing behind but its result.</param>
    public Tensor Get(TKind kind, Func<Tensor> compute)
    {
        if (!ops.IsPlanning)
            return compute();
        if (known.TryGetValue(kind, out Part? part))
        {
            ops.Count(part.Flops);
            ops.Memory.CountPeak(part.Bytes);
            return ops.Memory.Empty(part.Result, part.Type);
        }
        (double flops, long peak, long live) = (ops.ExactFlops, ops.Memory.PeakBytes, ops.Memory.LiveBytes);
        ops.Memory.ResetPeak();
        Tensor result = compute();
        long bytes = ops.Memory.PeakBytes - live;
        known[kind] = new Part(result.Shape, result.Type, ops.ExactFlops - flops, bytes);
        ops.Memory.CountPeak(peak - ops.Memory.LiveBytes);
        return result;
    }

    // Bytes: the most beyond those that lived before.
    private sealed record Part(Shape Result, DType Type, double Flops, long Bytes);
}
