using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// What the pixels of a result read, as depths of a product: by tap (frame, row, column), then by input channel. A pixel has one number
/// that is added to one of the depth, and a bit for each tap, so that the loop over depths has few instructions.
/// </summary>
/// <param name="size">One that <see cref="Takes"/>.</param>
internal readonly struct ConvolutionWindows(ConvolutionSize size)
{
    private const int Eight = 8, FirstBit = 4, Nowhere = MostFrameTaps, MostFrameTaps = 27, MostOffset = 1 << 30; // also in bytes

    private readonly int height = size.Input.Height, width = size.Input.Width, channels = size.Input.Channels;
    private readonly int outputWidth = size.OutputWidth, stride = size.Stride, padTop = size.PadTop, padLeft = size.PadLeft;
    private readonly int kernelHeight = size.KernelHeight, kernelWidth = size.KernelWidth;
    private readonly int rowBits = RowBits(size.KernelHeight, size.KernelWidth);
    private readonly int rowStep = (size.Input.Width - size.KernelWidth) * size.Input.Channels;
    private readonly int frameStep = size.KernelHeight * size.Input.Width * size.Input.Channels;
    private readonly SmallDivisor ofTap = new(size.Input.Channels / Eight), ofRow = new(size.KernelWidth), ofFrame = new(size.KernelHeight);

    /// <summary>Depths of the product: taps times input channels.</summary>
    public int Depth { get; } = size.Taps * size.Input.Channels;

    /// <summary>Pixels of a frame of the result.</summary>
    public int Pixels { get; } = size.OutputHeight * size.OutputWidth;

    /// <summary>Whether offsets within a frame and taps of one fit 32 bits.</summary>
    /// <param name="size">All sizes.</param>
    /// <param name="copied">Depths beyond the last that may be asked for.</param>
    public static bool Takes(ConvolutionSize size, int copied)
    {
        int eights = size.Input.Channels / Eight;
        return size.Input.Channels % Eight == 0
            && (long)size.KernelHeight * size.KernelWidth <= MostFrameTaps
            && (size.Input.Height + (double)size.KernelFrames * size.KernelHeight) * ((double)size.Input.Width + size.KernelWidth)
                * size.Input.Channels <= MostOffset
            && (long)size.OutputHeight * size.OutputWidth <= int.MaxValue
            && SmallDivisor.Takes((long)size.Taps * eights + copied / Eight, eights);
    }

    /// <summary>The first number of a pixel's window in each frame, which may lie outside.</summary>
    /// <param name="pixel">Of a frame of the result; the last stands for those beyond.</param>
    public int First(int pixel)
    {
        (int row, int column) = Corner(pixel);
        return (row * width + column) * channels;
    }

    /// <summary>A bit for each tap of a frame that reads a pixel of x, the first tap's at 16.</summary>
    public int Inside(int pixel)
    {
        (int row, int column) = Corner(pixel);
        int columns = Bits(Math.Min(kernelWidth, width - column)) & ~Bits(Math.Max(0, -column));
        int rows = Bits(Math.Min(kernelHeight, height - row) * kernelWidth) & ~Bits(Math.Max(0, -row) * kernelWidth);
        return (columns * rowBits & rows) << FirstBit;
    }

    /// <summary>What eight depths read.</summary>
    /// <param name="depth">The first, a multiple of eight.</param>
    /// <returns>
    /// The frame, the number that is to be added to <see cref="First"/>, and how far <see cref="Inside"/> is to be shifted for 16 to say
    /// whether there is something.
    /// </returns>
    public (int Frame, int Offset, int Shift) At(int depth)
    {
        int tap = ofTap.Of((int)((uint)depth / Eight)), row = ofRow.Of(tap), frame = ofFrame.Of(row);
        int offset = depth + row * rowStep - frame * frameStep; // a row's taps lie side by side, as its depths do
        return (frame, offset, depth < Depth ? tap - frame * (kernelHeight * kernelWidth) : Nowhere);
    }

    private (int Row, int Column) Corner(int pixel)
    {
        uint at = (uint)Math.Min(pixel, Pixels - 1), row = at / (uint)outputWidth;
        return ((int)row * stride - padTop, (int)(at - row * (uint)outputWidth) * stride - padLeft);
    }

    private static int Bits(int count) => (1 << count) - 1;

    // One for each row of a window, at its first tap.
    private static int RowBits(int rows, int columns) => Enumerable.Range(0, rows).Aggregate(0, (bits, row) => bits | 1 << row * columns);
}
