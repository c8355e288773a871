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
        Tensor y = Empty(x.Shape);
        if (x.Count > 0)
            device.Run(new Softmax(x.Floats, y.Floats, checked((int)(x.Count / width)), width));
        return y;
    }
}
