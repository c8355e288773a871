using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// y = ((x − mean) / √(variance + ε) · weight + bias) · (1 + scale) + shift, row by row (Ba and others, arXiv 1607.06450; the
/// modulated form is adaLN of Peebles and Xie, arXiv 2212.09748).
/// </summary>
/// <param name="x">[rows, width]</param>
/// <param name="weight">[width] or null</param>
/// <param name="bias">[width] or null</param>
/// <param name="y">[rows, width]</param>
/// <param name="shift">What is added to each row at the end; <c>default</c> for nothing.</param>
/// <param name="scale">What, with 1 added, each row is multiplied by; given where the shift is.</param>
internal readonly unsafe partial struct LayerNorm(
    Elements x, Elements weight, Elements bias, Elements y, long rows, int width, float epsilon,
    RowModulation shift = default, RowModulation scale = default) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements weight = weight;
    private readonly Elements bias = bias;
    private readonly Elements y = y;
    private readonly long rows = rows;
    private readonly int width = width;
    private readonly float epsilon = epsilon;
    private readonly RowModulation shift = shift;
    private readonly RowModulation scale = scale;

    /// <inheritdoc/>
    public static string Name => "layer_norm";

    /// <inheritdoc/>
    public double Flops => (double)rows * width * (5 + (weight.IsNull ? 0 : 1) + (bias.IsNull ? 0 : 1) + (scale.IsNull ? 0 : 2));
}
