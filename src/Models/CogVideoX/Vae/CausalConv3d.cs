using CogVideoX.Models.Weights;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>A 3×3×3 convolution that looks back in time only: its last two input frames go on to the next chunk.</summary>
internal sealed class CausalConv3d
{
    private const int Kernel = 3;

    private readonly Ops ops;
    private readonly Tensor weight; // [O, C, 3, 3, 3]
    private readonly Tensor bias;   // [O]

    public CausalConv3d(WeightReader weights, int inputs, int outputs)
    {
        ops = weights.Ops;
        weight = weights["conv"].Get("weight", [outputs, inputs, Kernel, Kernel, Kernel]);
        bias = weights["conv"].Get("bias", [outputs]);
    }

    /// <param name="x">[B, F, H, W, C]</param>
    /// <param name="past">The frames before this chunk, which are replaced by this chunk's last ones</param>
    /// <param name="residual">[B, F, H, W, O], added to the result, or none</param>
    /// <returns>[B, F, H, W, O]</returns>
    public Tensor Forward(Tensor x, FramesBefore past, Tensor residual = default)
    {
        Tensor history = past.Of(this);
        Tensor y = ops.CausalConv3d(x, weight, bias, history, residual);
        if (past.ChunkFollows)
            past.Replace(this, ops.ConvHistory(x, history, Kernel - 1));
        return y;
    }
}
