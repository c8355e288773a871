using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct CausalConv3d
{
    // The input that a box reads, of some channels, as [frames, rows, columns, padded]: padding and missing channels are zeros.
    private void Gather(ConvolutionBox box, int channel, int channels, int padded, float* target)
    {
        VideoSize input = size.Input;
        (int frames, int rows, int columns) = box.Footprint(size);
        int firstColumn = box.Column * size.Stride - size.PadLeft;
        int left = Math.Clamp(-firstColumn, 0, columns);
        int inside = Math.Clamp(input.Width - Math.Max(0, firstColumn), 0, columns - left);
        for (int f = 0; f < frames; f++)
        {
            float* frame = Frame(box.Batch, box.Frame + f - (size.KernelFrames - 1));
            for (int r = 0; r < rows; r++, target += (long)columns * padded)
            {
                int h = box.Row * size.Stride - size.PadTop + r;
                if ((uint)h >= (uint)input.Height)
                {
                    new Span<float>(target, columns * padded).Clear();
                    continue;
                }
                float* source = frame + ((long)h * input.Width + Math.Max(0, firstColumn)) * input.Channels + channel;
                new Span<float>(target, left * padded).Clear();
                CopyPixels(source, input.Channels, inside, channels, target + left * padded, padded);
                new Span<float>(target + (left + inside) * padded, (columns - left - inside) * padded).Clear();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyPixels(float* source, int sourceStride, int count, int channels, float* target, int padded)
    {
        for (; count > 0; count--, source += sourceStride, target += padded)
        {
            int c = 0;
            for (; c <= channels - 8; c += 8)
                Vector256.Load(source + c).Store(target + c);
            for (; c < channels; c++)
                target[c] = source[c];
            for (; c < padded; c++)
                target[c] = 0;
        }
    }

    // Where each tap lies from the beginning of a window, in bytes.
    private void ListTaps(ConvolutionBox box, int padded, nint* taps)
    {
        (_, int rows, int columns) = box.Footprint(size);
        for (int tap = 0; tap < size.Taps; tap++)
        {
            (int t, int h, int w) = size.Tap(tap);
            taps[tap] = ((nint)(t * rows + h) * columns + w) * padded * sizeof(float);
        }
    }

    // For each output pixel of a box, where its window begins (in bytes) and where its result goes (in floats). The last is
    // listed again until a tile is full: computing it twice writes the same numbers twice.
    private void ListPixels(ConvolutionBox box, int padded, int tile, nint* windows, nint* targets)
    {
        VideoSize output = size.Output;
        (_, int rows, int columns) = box.Footprint(size);
        for (int i = 0; i < box.Pixels || i % tile != 0; i++)
        {
            (int f, int r, int c) = box.Position(Math.Min(i, box.Pixels - 1));
            windows[i] = ((nint)(f * rows + r * size.Stride) * columns + c * size.Stride) * padded * sizeof(float);
            nint frame = (nint)box.Batch * output.Frames + box.Frame + f;
            targets[i] = ((frame * output.Height + box.Row + r) * output.Width + box.Column + c) * output.Channels;
        }
    }
}
