using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>yᵢ = e^(xᵢ − max x) / Σ e^(xⱼ − max x), row by row.</summary>
/// <param name="x">[rows, width]</param>
/// <param name="y">[rows, width]</param>
internal readonly unsafe partial struct Softmax(Elements x, Elements y, long rows, int width) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements y = y;
    private readonly long rows = rows;
    private readonly int width = width;

    /// <inheritdoc/>
    public static string Name => "softmax";

    /// <inheritdoc/>
    public double Flops => 4.0 * rows * width;
}
