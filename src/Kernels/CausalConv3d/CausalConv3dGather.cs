using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CausalConv3d
{
    // Columns of a box's footprint: how many lie before the first of the input, and how many inside.
    private (int Left, int Inside) ColumnsInside(ConvolutionBox box)
    {
        (_, _, int columns) = box.Footprint(size);
        int first = box.Column * size.Stride - size.PadLeft;
        int left = Math.Clamp(-first, 0, columns);
        return (left, Math.Clamp(size.Input.Width - Math.Max(0, first), 0, columns - left));
    }

    // The first pixel inside the input of a row of a box's footprint; null for a row of padding.
    private float* FirstPixel(ConvolutionBox box, int frame, int row)
    {
        int h = box.Row * size.Stride - size.PadTop + row, w = Math.Max(0, box.Column * size.Stride - size.PadLeft);
        return (uint)h >= (uint)size.Input.Height
            ? null
            : Frame(box.Batch, box.Frame + frame - (size.KernelFrames - 1)).Floats + ((long)h * size.Input.Width + w) * size.Input.Channels;
    }

    // One slice of channels of some pixels, as [pixel, slice]; missing channels are zeros.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather<TSimd, TVector>(float** addresses, long count, int channel, int channels, float* target, int slice)
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        const int Ahead = 16, Line = 16; // short pieces far apart: the hardware foresees nothing
        for (long i = 0; i < count; i++, target += slice)
        {
            float* source = addresses[i] + channel, later = addresses[Math.Min(i + Ahead, count - 1)] + channel;
            int c = 0;
            for (; c < channels && Sse.IsSupported; c += Line)
                Sse.Prefetch0(later + c);
            for (c = 0; c <= channels - TSimd.Lanes; c += TSimd.Lanes)
                TSimd.Store(TSimd.Load(source + c), target + c);
            for (; c < channels; c++)
                target[c] = source[c];
            for (; c < slice; c++)
                target[c] = 0;
        }
    }

    // Where each pixel of a box's footprint lies: in the input, or at a pixel of zeros.
    private void ListAddresses(ConvolutionBox box, float* zeros, float** addresses)
    {
        (int frames, int rows, int columns) = box.Footprint(size);
        (int left, int inside) = ColumnsInside(box);
        for (int f = 0; f < frames; f++)
        {
            for (int r = 0; r < rows; r++, addresses += columns)
            {
                float* source = FirstPixel(box, f, r);
                for (int c = 0; c < columns; c++)
                {
                    addresses[c] = source is null || c < left || c >= left + inside
                        ? zeros
                        : source + (long)(c - left) * size.Input.Channels;
                }
            }
        }
    }

    // Where the kernel's parts lie from the beginning of a window, in bytes: its rows, or with `columns` each of its taps.
    private void ListTaps(ConvolutionBox box, int pixelBytes, bool columns, nint* taps)
    {
        (_, int rows, int width) = box.Footprint(size);
        for (int tap = 0; tap < size.Taps; tap += columns ? 1 : size.KernelWidth)
        {
            (int t, int h, int w) = size.Tap(tap);
            *taps++ = ((nint)(t * rows + h) * width + w) * pixelBytes;
        }
    }

    // For each output pixel of a box, where its window begins (in bytes) and where its result goes (in floats). The last is
    // listed again until a tile is full: computing it twice writes the same numbers twice.
    private void ListPixels(ConvolutionBox box, int pixelBytes, int tile, nint* windows, nint* targets)
    {
        VideoSize output = size.Output;
        (_, int rows, int columns) = box.Footprint(size);
        for (int i = 0; i < box.Pixels || i % tile != 0; i++)
        {
            (int f, int r, int c) = box.Position(Math.Min(i, box.Pixels - 1));
            windows[i] = ((nint)(f * rows + r * size.Stride) * columns + c * size.Stride) * pixelBytes;
            nint frame = (nint)box.Batch * output.Frames + box.Frame + f;
            targets[i] = ((frame * output.Height + box.Row + r) * output.Width + box.Column + c) * output.Channels;
        }
    }
}
