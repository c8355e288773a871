using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = x / √(mean(x²) + ε) · weight, row by row (Zhang and Sennrich, arXiv 1910.07467; T5's layer norm).</summary>
/// <param name="x">[rows, width]</param>
/// <param name="weight">[width]</param>
/// <param name="y">[rows, width]</param>
public readonly unsafe partial struct RmsNorm(float* x, WeightPointer weight, float* y, int rows, int width, float epsilon) : IOperation
{
    private readonly float* x = x;
    private readonly WeightPointer weight = weight;
    private readonly float* y = y;
    private readonly int rows = rows;
    private readonly int width = width;
    private readonly float epsilon = epsilon;

    /// <inheritdoc/>
    public static string Name => "rms_norm";

    /// <inheritdoc/>
    public double Flops => 4.0 * rows * width;
}
