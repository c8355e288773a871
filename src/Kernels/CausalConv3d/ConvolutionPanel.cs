namespace CogVideoX.Kernels;

/// <summary>Weights [O, C, taps] widened and laid out in the order in which the inner loops read them.</summary>
internal static unsafe class ConvolutionPanel
{
    /// <summary>16 outputs from <paramref name="output"/> on, of one slice of channels. Outputs that don't exist are zeros.</summary>
    /// <param name="weight">[O, C, taps]</param>
    /// <param name="size">The sizes.</param>
    /// <param name="output">The first output channel.</param>
    /// <param name="channel">The first input channel.</param>
    /// <param name="channels">How many input channels.</param>
    /// <param name="lanes">Room for the 16 rows of weights.</param>
    /// <param name="panel">[tap, channel, 16]</param>
    public static void PackWide(WeightPointer weight, ConvolutionSize size, int output, int channel, int channels, float* lanes, float* panel)
    {
        int depth = channels * size.Taps;
        for (int lane = 0; lane < ConvolutionPlan.PanelWidth; lane++)
            Read(weight, size, output + lane, channel, depth, lanes + lane * depth);
        for (int c = 0; c < channels; c++)
        {
            for (int tap = 0; tap < size.Taps; tap++)
            {
                float* source = lanes + c * size.Taps + tap;
                float* target = panel + (tap * channels + c) * ConvolutionPlan.PanelWidth;
                for (int lane = 0; lane < ConvolutionPlan.PanelWidth; lane++)
                    target[lane] = source[lane * depth];
            }
        }
    }

    /// <summary>3 outputs from <paramref name="output"/> on, of all channels. What doesn't exist is zeros.</summary>
    /// <param name="weight">[O, C, taps]</param>
    /// <param name="size">The sizes.</param>
    /// <param name="output">The first output channel.</param>
    /// <param name="padded">C, rounded up to a multiple of 8.</param>
    /// <param name="row">Room for one output's weights.</param>
    /// <param name="panel">[tap, padded / 8, 3, 8]</param>
    public static void PackNarrow(WeightPointer weight, ConvolutionSize size, int output, int padded, float* row, float* panel)
    {
        int channels = size.Input.Channels;
        new Span<float>(panel, size.Taps * padded * ConvolutionTile.NarrowOutputs).Clear();
        for (int lane = 0; lane < ConvolutionTile.NarrowOutputs; lane++)
        {
            Read(weight, size, output + lane, 0, channels * size.Taps, row);
            for (int tap = 0; tap < size.Taps; tap++)
            {
                for (int c = 0; c < channels; c++)
                    panel[((tap * padded + (c & ~7)) * ConvolutionTile.NarrowOutputs) + lane * 8 + (c & 7)] = row[c * size.Taps + tap];
            }
        }
    }

    private static void Read(WeightPointer weight, ConvolutionSize size, int output, int channel, int count, float* target)
    {
        if (output < size.OutputChannels)
            Widen.ToFloats(weight.Slice(((long)output * size.Input.Channels + channel) * size.Taps), target, count);
        else
            new Span<float>(target, count).Clear();
    }
}
