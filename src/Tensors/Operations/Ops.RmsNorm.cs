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
        int rows = Rows("rms_norm", x);
        Tensor y = Empty(x.Shape);
        Run(new RmsNorm(x.Floats, weight.Weight, y.Floats, rows, width, epsilon));
        return y;
    }
}
