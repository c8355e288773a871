using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>The same elements with their dimensions in another order.</summary>
/// <param name="x">The source.</param>
/// <param name="y">The result.</param>
/// <param name="plan">Sizes and order.</param>
/// <param name="elementSize">Bytes of an element: 1, 2, 4 or 8.</param>
internal readonly unsafe partial struct Permute(byte* x, byte* y, PermutePlan plan, int elementSize) : IOperation
{
    private readonly byte* x = x;
    private readonly byte* y = y;
    private readonly PermutePlan plan = plan;
    private readonly int elementSize = elementSize;

    /// <inheritdoc/>
    public static string Name => "permute";

    /// <inheritdoc/>
    public double Flops => 0;
}
