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
/// <param name="size">All sizes.</param>
internal readonly unsafe partial struct CausalConv3d(
    Elements x, Elements history, Elements weight, Elements bias, Elements residual, Elements y,
    ConvolutionSize size) : IOperation
{
    private readonly Elements x = x;
    private readonly Elements history = history;
    private readonly Elements weight = weight;
    private readonly Elements bias = bias;
    private readonly Elements residual = residual;
    private readonly Elements y = y;
    private readonly ConvolutionSize size = size;

    /// <inheritdoc/>
    public static string Name => "causal_conv3d";

    /// <inheritdoc/>
    public double Flops => size.Output.Count * (2.0 * size.Taps * size.Input.Channels + (bias.IsNull ? 0 : 1) + (residual.IsNull ? 0 : 1));

    // The frame at a time that may be before the first.
    private Elements Frame(int b, int frame)
    {
        long pixels = (long)size.Input.Height * size.Input.Width * size.Input.Channels;
        if (frame < 0 && !history.IsNull)
            return history.Slice((b * (size.KernelFrames - 1L) + frame + size.KernelFrames - 1) * pixels);
        return x.Slice(((long)b * size.Input.Frames + Math.Max(0, frame)) * pixels);
    }
}
