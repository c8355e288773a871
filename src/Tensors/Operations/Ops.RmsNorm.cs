using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>x / √(mean(x²) + ε) · weight over the last dimension (Zhang and Sennrich, arXiv 1910.07467).</summary>
    /// <param name="x">[…, width]</param>
    /// <param name="weight">[width]</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="TensorException">The weight's shape isn't [width].</exception>
    public unsafe Tensor RmsNorm(Tensor x, Tensor weight, float epsilon)
    {
        int width = x.Shape[-1];
        Check(weight.Shape == [width], "rms_norm", $"the weight is {weight.Shape}, x {x.Shape} needs [{width}].");
        Tensor y = Memory.Empty(x.Shape, x.Type);
        Run(new RmsNorm(Operand("rms_norm", x), weight.Elements, y.Elements, RowsOf(x), width, epsilon));
        return y;
    }
}
