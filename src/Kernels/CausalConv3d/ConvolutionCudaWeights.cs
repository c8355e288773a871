namespace CogVideoX.Kernels;

/// <summary>Where the packed weights of an output and a tap lie, of all input channels.</summary>
/// <param name="Channels">Input channels.</param>
/// <param name="Taps">Taps of all frames.</param>
/// <param name="FrameTaps">Those of a frame.</param>
/// <param name="OutputStep">Numbers from an output to the next.</param>
/// <param name="FrameStep">From a frame of taps to the next.</param>
/// <param name="TapStep">From a tap of a frame to the next.</param>
internal readonly record struct ConvolutionCudaWeights(
    int Channels, int Taps, int FrameTaps, int OutputStep, int FrameStep, int TapStep)
{
    /// <summary>[outputs, taps, channels]: an output's are a column of the product.</summary>
    public static ConvolutionCudaWeights ByOutput(ConvolutionSize size)
    {
        int channels = size.Input.Channels, frameTaps = size.KernelHeight * size.KernelWidth;
        return new(channels, size.Taps, frameTaps, size.Taps * channels, frameTaps * channels, channels);
    }

    /// <summary>[taps of a frame, outputs, frames, channels]: a tap's and an output's are a column of the product.</summary>
    public static ConvolutionCudaWeights ByTap(ConvolutionSize size)
    {
        int channels = size.Input.Channels, column = size.KernelFrames * channels;
        return new(channels, size.Taps, size.KernelHeight * size.KernelWidth, column, channels, size.OutputChannels * column);
    }

    /// <summary>The first of the input channels.</summary>
    public long Place(int output, int tap)
    {
        int frame = tap / FrameTaps;
        return (long)output * OutputStep + frame * FrameStep + (tap - frame * FrameTaps) * TapStep;
    }
}
