using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>yᵢ = e^(xᵢ − max x) / Σ e^(xⱼ − max x), row by row.</summary>
/// <param name="x">[rows, width]</param>
/// <param name="y">[rows, width]</param>
public readonly unsafe partial struct Softmax(float* x, float* y, int rows, int width) : IOperation
{
    private readonly float* x = x;
    private readonly float* y = y;
    private readonly int rows = rows;
    private readonly int width = width;

    /// <inheritdoc/>
    public static string Name => "softmax";

    /// <inheritdoc/>
    public double Flops => 4.0 * rows * width;
}
