namespace CogVideoX.Kernels;

/// <summary>The sizes of a causal convolution: [B, F, H, W, C] · [O, C, kt, kh, kw] → [B, F, H', W', O].</summary>
/// <param name="Input">B, F, H, W, C.</param>
/// <param name="OutputChannels">O.</param>
/// <param name="KernelFrames">kt; kt − 1 frames before the first are read.</param>
/// <param name="KernelHeight">kh.</param>
/// <param name="KernelWidth">kw.</param>
/// <param name="Stride">Step in height and width.</param>
/// <param name="PadEnd">
/// Pad one zero row and column after the last, none before, as CogVideoXDownsample3D does; otherwise (k − 1)/2 on each side.
/// </param>
internal readonly record struct ConvolutionSize(
    VideoSize Input, int OutputChannels, int KernelFrames, int KernelHeight, int KernelWidth, int Stride, bool PadEnd)
{
    /// <summary>kt·kh·kw.</summary>
    public int Taps => KernelFrames * KernelHeight * KernelWidth;

    /// <summary>Zero rows above the first.</summary>
    public int PadTop => PadEnd ? 0 : (KernelHeight - 1) / 2;

    /// <summary>Zero columns before the first.</summary>
    public int PadLeft => PadEnd ? 0 : (KernelWidth - 1) / 2;

    /// <summary>H'.</summary>
    public int OutputHeight => Extent(Input.Height, KernelHeight);

    /// <summary>W'.</summary>
    public int OutputWidth => Extent(Input.Width, KernelWidth);

    /// <summary>The size of the result.</summary>
    public VideoSize Output => new(Input.Batch, Input.Frames, OutputHeight, OutputWidth, OutputChannels);

    /// <summary>The indices of a tap, in the order of the weights.</summary>
    public (int T, int H, int W) Tap(int tap)
    {
        (int row, int w) = Math.DivRem(tap, KernelWidth);
        (int t, int h) = Math.DivRem(row, KernelHeight);
        return (t, h, w);
    }

    // Without room for one window the result is 0 or less; the division must not round that up to 1.
    private int Extent(int size, int kernel)
    {
        long room = (long)size + (PadEnd ? 1 : (kernel - 1) / 2 * 2) - kernel;
        return room < 0 ? 0 : (int)Math.Min(int.MaxValue, room / Stride + 1);
    }
}
