using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Ilgpu;

namespace CogVideoX.Kernels;

/// <summary>What a portable convolution reads: x, what lies before its first frame, and zeros around both.</summary>
/// <typeparam name="T">How numbers are stored.</typeparam>
internal readonly struct ConvolutionInput<T> where T : unmanaged, IStored<T>
{
    private const int Nowhere = int.MinValue / 2; // a row of x that no tap leads back from

    private readonly StoredRows<T> x, history; // a row is a pixel
    private readonly VideoSize size, output;
    private readonly int kernelFrames, kernelHeight, kernelWidth, stride, padTop, padLeft, hasHistory;

    public ConvolutionInput(IlgpuQueue queue, Elements x, Elements history, ConvolutionSize size)
    {
        this.size = size.Input;
        output = size.Output;
        long past = history.IsNull ? 0 : (long)this.size.Batch * (size.KernelFrames - 1) * this.size.Height * this.size.Width;
        this.x = new StoredRows<T>(queue, x, this.size.Batch * this.size.Pixels, this.size.Channels);
        this.history = new StoredRows<T>(queue, history, past, this.size.Channels);
        hasHistory = history.IsNull ? 0 : 1;
        (kernelFrames, kernelHeight, kernelWidth) = (size.KernelFrames, size.KernelHeight, size.KernelWidth);
        (stride, padTop, padLeft) = (size.Stride, size.PadTop, size.PadLeft);
    }

    /// <summary>Input channels.</summary>
    public int Channels => size.Channels;

    /// <summary>Columns of the result.</summary>
    public int OutputWidth => output.Width;

    /// <summary>Step in height and width.</summary>
    public int Stride => stride;

    /// <summary>Where an output pixel's window begins; beyond the last it has only zeros.</summary>
    public ConvolutionWindow Window(long pixel)
    {
        long row = pixel / output.Width;
        return Window(row, (int)(pixel - row * output.Width));
    }

    /// <summary>The same from a row, counted through all frames, and a column.</summary>
    public ConvolutionWindow Window(long row, int column)
    {
        long frame = row / output.Height, b = frame / output.Frames;
        int h = (int)(row - frame * output.Height) * stride - padTop;
        return new ConvolutionWindow(
            (int)b, (int)(frame - b * output.Frames) - (kernelFrames - 1), b < output.Batch ? h : Nowhere, column * stride - padLeft);
    }

    /// <summary>What a tap reads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ConvolutionPixel At(ConvolutionWindow window, int tap)
    {
        int tapRow = tap / kernelWidth, tapFrame = tapRow / kernelHeight;
        int t = window.Frame + tapFrame, h = window.Row + (tapRow - tapFrame * kernelHeight);
        int w = window.Column + (tap - tapRow * kernelWidth);
        if ((uint)h >= (uint)size.Height)
            return new ConvolutionPixel(-1, 0, w);
        int isPast = t < 0 ? hasHistory : 0;
        long frame = isPast != 0
            ? (long)window.Batch * (kernelFrames - 1) + (t + kernelFrames - 1)
            : (long)window.Batch * size.Frames + Math.Max(0, t);
        return new ConvolutionPixel((frame * size.Height + h) * size.Width * size.Channels, isPast, w);
    }

    /// <summary>The first number of a pixel; −1 where it has zeros.</summary>
    /// <param name="pixel">A pixel.</param>
    /// <param name="offset">How many pixels to its right.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long First(ConvolutionPixel pixel, int offset)
    {
        int w = pixel.Column + offset;
        return pixel.Row >= 0 && (uint)w < (uint)size.Width ? pixel.Row + (long)w * size.Channels : -1;
    }

    /// <summary>Four neighbouring channels, or zeros.</summary>
    /// <param name="first">The first number of their pixel.</param>
    /// <param name="isPast">1 in the history.</param>
    /// <param name="channel">The first, a multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Stored4<T> Quad(long first, int isPast, int channel) =>
        isPast != 0 ? history.Quad(first, channel) : x.Quad(first, channel);
}

/// <summary>The first number of all that an output pixel depends on: it may lie outside.</summary>
internal readonly record struct ConvolutionWindow(int Batch, int Frame, int Row, int Column);

/// <summary>A pixel of x or of the history.</summary>
/// <param name="Row">The first number of its row; −1 outside.</param>
/// <param name="IsPast">1 in the history.</param>
/// <param name="Column">Its column, which may lie outside.</param>
internal readonly record struct ConvolutionPixel(long Row, int IsPast, int Column);
