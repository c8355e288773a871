using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

/// <summary>Weights [O, C, taps] widened and laid out in the order in which the inner loops read them.</summary>
internal static unsafe class ConvolutionPanel
{
    private const int Block = 8, WideBlock = 16; // outputs that are transposed at a time; panels are whole blocks wide

    /// <summary>Floats of the scratch that <see cref="PackWide"/> needs.</summary>
    public static long ScratchFloats(ConvolutionSize size, int slice) => 2L * WideBlock * slice * size.Taps + Panels.Spill;

    /// <summary>Some outputs of one slice of channels. What doesn't exist is zeros.</summary>
    /// <param name="weight">[O, C, taps]</param>
    /// <param name="size">The sizes.</param>
    /// <param name="output">The first output channel.</param>
    /// <param name="width">How many outputs: a multiple of 8.</param>
    /// <param name="channel">The first input channel.</param>
    /// <param name="slice">How many input channels.</param>
    /// <param name="scratch">As many floats as <see cref="ScratchFloats"/> says.</param>
    /// <param name="panel">[tap, slice, width]</param>
    public static void PackWide(
        Elements weight, ConvolutionSize size, int output, int width, int channel, int slice, float* scratch, float* panel)
    {
        int depth = slice * size.Taps, there = Math.Min(slice, size.Input.Channels - channel) * size.Taps;
        int block = width % WideBlock == 0 ? WideBlock : Block;
        float* columns = scratch + block * depth;
        for (int lane = 0; lane < width; lane += block)
        {
            for (int i = 0; i < block; i++)
            {
                Read(weight, size, output + lane + i, channel, there, scratch + i * depth);
                new Span<float>(scratch + i * depth + there, depth - there).Clear();
            }
            Panels.Transpose<FloatRows>(scratch, depth * sizeof(float), block, depth, columns, block);
            Spread(columns, slice, size.Taps, block, panel + lane, width);
        }
    }

    /// <summary>3 outputs from <paramref name="output"/> on, of all channels. Outputs that don't exist are zeros.</summary>
    /// <param name="weight">[O, C, taps]</param>
    /// <param name="size">The sizes.</param>
    /// <param name="output">The first output channel.</param>
    /// <param name="lanes">Floats of a vector, of which C is a multiple.</param>
    /// <param name="row">Room for one output's weights.</param>
    /// <param name="panel">[tap, C / lanes, 3, lanes]</param>
    public static void PackNarrow(Elements weight, ConvolutionSize size, int output, int lanes, float* row, float* panel)
    {
        int channels = size.Input.Channels;
        for (int lane = 0; lane < ConvolutionTiles.NarrowOutputs; lane++)
        {
            Read(weight, size, output + lane, 0, channels * size.Taps, row);
            for (int tap = 0; tap < size.Taps; tap++)
            {
                for (int c = 0; c < channels; c++)
                {
                    int target = (tap * channels + c / lanes * lanes) * ConvolutionTiles.NarrowOutputs + lane * lanes + c % lanes;
                    panel[target] = row[c * size.Taps + tap];
                }
            }
        }
    }

    private static void Read(Elements weight, ConvolutionSize size, int output, int channel, int count, float* target)
    {
        if (output < size.OutputChannels)
            Widen.ToFloats(weight.Slice(((long)output * size.Input.Channels + channel) * size.Taps), target, count);
        else
            new Span<float>(target, count).Clear();
    }

    // panel[(tap · slice + c) · width + i] = columns[c · taps + tap, i]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(float* columns, int slice, int taps, int block, float* panel, int width)
    {
        nint step = (nint)slice * width;
        for (int c = 0; c < slice; c++, panel += width)
        {
            for (int tap = 0; tap < taps; tap++, columns += block)
            {
                float* target = panel + tap * step;
                for (int i = 0; i < block; i += Vector256<float>.Count)
                    Vector256.Load(columns + i).Store(target + i);
            }
        }
    }
}
