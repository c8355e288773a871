using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>e^x over its sum along the last dimension.</summary>
    /// <param name="x">[…, width]</param>
    /// <returns>The shape of <paramref name="x"/>.</returns>
    /// <exception cref="TensorException">A scalar has no last dimension.</exception>
    public unsafe Tensor Softmax(Tensor x)
    {
        int width = x.Shape[-1];
        long rows = RowsOf(x);
        Tensor y = Memory.Empty(x.Shape, x.Type);
        if (x.Count > 0)
            Run(new Softmax(Operand("softmax", x), y.Elements, rows, width));
        return y;
    }
}
