using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y = b, but for its first <c>extent</c> rows along one dimension, which fade from the last rows of a:
/// y[i] = a[size − extent + i]·(1 − i/extent) + b[i]·i/extent. This joins overlapping tiles.
/// </summary>
/// <param name="before">[outer, size of a, inner]</param>
/// <param name="after">[outer, size of b, inner]</param>
/// <param name="y">[outer, size of b, inner]</param>
internal readonly unsafe partial struct Blend(
    Elements before, Elements after, Elements y, long outer, int beforeSize, int afterSize, long inner, int extent) : IOperation
{
    private readonly Elements before = before;
    private readonly Elements after = after;
    private readonly Elements y = y;
    private readonly long outer = outer;
    private readonly int beforeSize = beforeSize;
    private readonly int afterSize = afterSize;
    private readonly long inner = inner;
    private readonly int extent = extent;

    /// <inheritdoc/>
    public static string Name => "blend";

    /// <inheritdoc/>
    public double Flops => 3.0 * outer * extent * inner;
}
