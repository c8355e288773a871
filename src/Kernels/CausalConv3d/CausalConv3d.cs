using CogVideoX.Kernels.Devices;

namespace CogVideoX.Kernels;

/// <summary>
/// A convolution over time, height and width that sees no later frame (CogVideoXCausalConv3d in diffusers'
/// <c>autoencoder_kl_cogvideox.py</c>): zero padding in height and width; before the first frame lie the history's frames or,
/// without one, the first frame again.
/// </summary>
/// <param name="x">[B, F, H, W, C]</param>
/// <param name="history">[B, kt − 1, H, W, C] or null</param>
/// <param name="weight">[O, C, kt, kh, kw]</param>
/// <param name="bias">[O] or null</param>
/// <param name="residual">[B, F, H', W', O], added to the result, or null</param>
/// <param name="y">[B, F, H', W', O]</param>
/// <param name="workspace">Room for <see cref="WorkspaceFloats"/>.</param>
/// <param name="size">All sizes.</param>
public readonly unsafe partial struct CausalConv3d(
    float* x, float* history, WeightPointer weight, WeightPointer bias, float* residual, float* y, float* workspace,
    ConvolutionSize size) : IOperation
{
    private readonly float* x = x;
    private readonly float* history = history;
    private readonly WeightPointer weight = weight;
    private readonly WeightPointer bias = bias;
    private readonly float* residual = residual;
    private readonly float* y = y;
    private readonly float* workspace = workspace;
    private readonly ConvolutionSize size = size;

    /// <inheritdoc/>
    public static string Name => "causal_conv3d";

    /// <inheritdoc/>
    public double Flops => size.Output.Count * (2.0 * size.Taps * size.Input.Channels + (bias.IsNull ? 0 : 1) + (residual is null ? 0 : 1));

    // The frame at a time that may be before the first.
    private float* Frame(int b, int frame)
    {
        long pixels = (long)size.Input.Height * size.Input.Width * size.Input.Channels;
        if (frame < 0 && history is not null)
            return history + (b * (size.KernelFrames - 1L) + frame + size.KernelFrames - 1) * pixels;
        return x + ((long)b * size.Input.Frames + Math.Max(0, frame)) * pixels;
    }
}
