using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

/// <summary>
/// A convolution's weights as the portable kernels read them: fp32, first by tap, then by input channel, with outputs as neighbours (for
/// the narrow kernel channels as neighbours), filled up with zeros; the bias behind them. As they are stored the taps are neighbours,
/// which no order of a product's depth reads in whole lines together with neighbouring channels of x. Packing costs one pass over the
/// weights, a few hundredths of a per cent of a product with some thousand pixels, and leaves it a copy without conditions.
/// </summary>
/// <param name="Channels">Input channels, filled up.</param>
/// <param name="Outputs">Output channels, filled up.</param>
/// <param name="Taps">Positions of the kernel.</param>
/// <param name="ChannelStep">From an input channel to the next.</param>
/// <param name="OutputStep">From an output channel to the next.</param>
internal readonly record struct PackedConvolution(int Channels, int Outputs, int Taps, int ChannelStep, int OutputStep)
{
    /// <summary>Numbers of a tap.</summary>
    public long TapStep => (long)Channels * Outputs;

    /// <summary>All numbers of the weights.</summary>
    public long WeightCount => Taps * TapStep;

    /// <summary>Those of the bias, too.</summary>
    public long Count => WeightCount + Outputs;

    /// <summary>For tiles: whole ones.</summary>
    public static PackedConvolution ForTiles(ConvolutionSize size)
    {
        int outputs = Filled(size.OutputChannels, size.OutputChannels <= LinearTile.Small ? LinearTile.Small : LinearTile.Large);
        return new PackedConvolution(Filled(size.Input.Channels, SharedTile.Depth), outputs, size.Taps, outputs, 1);
    }

    /// <summary>For a handful of outputs.</summary>
    public static PackedConvolution ForNarrow(ConvolutionSize size)
    {
        int channels = Filled(size.Input.Channels, 4);
        return new PackedConvolution(channels, ConvolutionSums.Outputs, size.Taps, 1, channels);
    }

    /// <summary>Packs all taps of an input and an output channel.</summary>
    public static void PackConvolutionWeights<TWeight>(PackArguments<TWeight> a) where TWeight : unmanaged, IStored<TWeight>
    {
        PackedConvolution to = a.To;
        long index = IlgpuQueue.Index;
        if (index >= to.TapStep)
            return;
        long channel = index / to.Outputs;
        int output = (int)(index - channel * to.Outputs);
        bool isThere = channel < a.Channels && output < a.Outputs;
        long source = (output * (long)a.Channels + channel) * to.Taps, target = channel * to.ChannelStep + (long)output * to.OutputStep;
        for (int tap = 0; tap < to.Taps; tap++, target += to.TapStep)
            a.Packed[target] = isThere ? a.Weight[source + tap].Value : 0;
        if (channel == 0)
            a.Packed[to.WeightCount + output] = isThere && !a.Bias.IsNull ? a.Bias.One(output) : 0;
    }

    private static int Filled(int count, int unit) => (count + unit - 1) / unit * unit;

    internal readonly record struct PackArguments<TWeight>(
        ArrayView<TWeight> Weight, AnyNumbers Bias, ArrayView<float> Packed, int Channels, int Outputs, PackedConvolution To)
        where TWeight : unmanaged;
}
