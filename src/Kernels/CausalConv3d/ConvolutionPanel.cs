using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace CogVideoX.Kernels;

/// <summary>Weights [O, C, taps] widened and laid out in the order in which the inner loops read them.</summary>
internal static unsafe class ConvolutionPanel
{
    private const int Block = 8; // outputs that are transposed at a time; panels are whole blocks wide

    /// <summary>Some outputs of one slice of channels. What doesn't exist is zeros.</summary>
    /// <param name="weight">[O, C, taps]</param>
    /// <param name="size">The sizes.</param>
    /// <param name="output">The first output channel.</param>
    /// <param name="width">How many outputs: a multiple of 8.</param>
    /// <param name="channel">The first input channel.</param>
    /// <param name="slice">How many input channels.</param>
    /// <param name="rows">Room for 8 rows of weights, of slice · taps each.</param>
    /// <param name="panel">[tap, slice, width]</param>
    public static void PackWide(
        Elements weight, ConvolutionSize size, int output, int width, int channel, int slice, float* rows, float* panel)
    {
        int depth = slice * size.Taps, there = Math.Min(slice, size.Input.Channels - channel) * size.Taps;
        for (int lane = 0; lane < width; lane += Block)
        {
            for (int i = 0; i < Block; i++)
            {
                Read(weight, size, output + lane + i, channel, there, rows + i * depth);
                new Span<float>(rows + i * depth + there, depth - there).Clear();
            }
            Transpose(rows, slice, size.Taps, panel + lane, width);
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

    // panel[(tap · slice + c) · width + i] = rows[i, c, tap]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* rows, int slice, int taps, float* panel, int width)
    {
        nint row = (nint)slice * taps, step = (nint)slice * width;
        for (int c = 0; c < slice; c++, rows += taps, panel += width)
        {
            if (Avx.IsSupported && taps >= 4)
            {
                for (int tap = 0; tap < taps; tap += 4)
                {
                    int from = Math.Min(tap, taps - 4); // the last four may overlap those before
                    Transpose4(rows + from, row, panel + from * step, step);
                }
                continue;
            }
            for (int tap = 0; tap < taps; tap++)
            {
                for (int i = 0; i < Block; i++)
                    panel[tap * step + i] = rows[i * row + tap];
            }
        }
    }

    // Rows i and i + 4 share a register from the load on, so that the rest are shuffles within halves.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose4(float* source, nint row, float* target, nint step)
    {
        Vector256<float> row04 = Vector256.Create(Vector128.Load(source), Vector128.Load(source + 4 * row));
        Vector256<float> row15 = Vector256.Create(Vector128.Load(source + row), Vector128.Load(source + 5 * row));
        Vector256<float> row26 = Vector256.Create(Vector128.Load(source + 2 * row), Vector128.Load(source + 6 * row));
        Vector256<float> row37 = Vector256.Create(Vector128.Load(source + 3 * row), Vector128.Load(source + 7 * row));
        Vector256<float> low01 = Avx.UnpackLow(row04, row15), high01 = Avx.UnpackHigh(row04, row15);
        Vector256<float> low23 = Avx.UnpackLow(row26, row37), high23 = Avx.UnpackHigh(row26, row37);
        Avx.Shuffle(low01, low23, 0x44).Store(target);
        Avx.Shuffle(low01, low23, 0xEE).Store(target + step);
        Avx.Shuffle(high01, high23, 0x44).Store(target + 2 * step);
        Avx.Shuffle(high01, high23, 0xEE).Store(target + 3 * step);
    }
}
