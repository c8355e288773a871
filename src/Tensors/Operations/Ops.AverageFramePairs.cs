using CogVideoX.Kernels;

namespace CogVideoX.Tensors;

public sealed partial class Ops
{
    /// <summary>Half the frames: the means of pairs; an odd number keeps its first frame as it is.</summary>
    /// <param name="x">[B, F, …]</param>
    /// <returns>[B, ⌈F/2⌉, …]</returns>
    /// <exception cref="TensorException">Fewer than two dimensions, or no frame.</exception>
    public unsafe Tensor AverageFramePairs(Tensor x)
    {
        Check(x.Shape.Rank >= 2 && x.Shape[1] > 0, "average_frame_pairs", $"x is {x.Shape}, it takes [B, F, …] with at least one frame.");
        int frames = x.Shape[1];
        Tensor y = Memory.Empty(x.Shape.With(1, frames / 2 + frames % 2), x.Type);
        Run(new AverageFramePairs(Operand("average_frame_pairs", x), y.Elements, x.Shape[0], frames, x.Shape.Product(2, x.Shape.Rank)));
        return y;
    }
}
