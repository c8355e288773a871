namespace CogVideoX.Kernels;

internal readonly partial struct CausalConv3d
{
    /// <inheritdoc/>
    public void RunReference()
    {
        VideoSize output = size.Output;
        for (long i = 0; i < output.Count; i++)
        {
            (long pixel, long o) = Math.DivRem(i, output.Channels);
            double sum = bias.IsNull ? 0 : bias[o];
            for (int tap = 0; tap < size.Taps; tap++)
                sum += Tap(pixel, o, tap);
            y.Set(i, (float)(sum + (residual.IsNull ? 0 : residual[i])));
        }
    }

    // One position of the kernel: the sum over input channels.
    private double Tap(long outputPixel, long o, int tap)
    {
        VideoSize input = size.Input;
        (int b, int f, int h, int w) = size.Output.Position(outputPixel);
        (int T, int H, int W) d = size.Tap(tap);
        h = h * size.Stride + d.H - size.PadTop;
        w = w * size.Stride + d.W - size.PadLeft;
        if ((uint)h >= (uint)input.Height || (uint)w >= (uint)input.Width)
            return 0;
        Elements pixel = Frame(b, f + d.T - (size.KernelFrames - 1)).Slice(((long)h * input.Width + w) * input.Channels);
        double sum = 0;
        for (int c = 0; c < input.Channels; c++)
            sum += (double)pixel[c] * weight[(o * input.Channels + c) * size.Taps + tap];
        return sum;
    }
}
