using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>y = x / √(mean(x²) + ε) · weight, row by row (Zhang and Sennrich, arXiv 1910.07467; T5's layer norm).</summary>
/// <param name="x">[rows, width]</param>
/// <param name="weight">[width]</param>
/// <param name="y">[rows, width]</param>
internal readonly unsafe partial struct RmsNorm(Elements x, Elements weight, Elements y, long rows, int width, float epsilon) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements weight = weight;
    private readonly Elements y = y;
    private readonly long rows = rows;
    private readonly int width = width;
    private readonly float epsilon = epsilon;

    /// <inheritdoc/>
    public static string Name => "rms_norm";

    /// <inheritdoc/>
    public double Flops => 4.0 * rows * width;
}
