namespace CogVideoX.Kernels;

/// <summary>
/// How a convolution is cut: output pixels into boxes, output channels into groups of panels, input channels into slices. An
/// output's sum always runs over slices, then taps, then channels, so the cut never shows in the result.
/// </summary>
internal readonly struct ConvolutionPlan
{
    /// <summary>Output channels of one packed panel: two vectors.</summary>
    public const int PanelWidth = 16;

    private const int PanelDepth = 288;            // taps · slice: with 16 outputs 18 KiB, which stay in an L1 of 32
    private const int FootprintBytes = 320 * 1024; // one slice of a box's input, which stays in an L2 of 512
    private const int MostPixels = 1024;           // enough that packing a panel costs a percent of its use
    private const int FewestPixels = 96;
    private const int ItemsPerThread = 4;

    private readonly ConvolutionSize size;
    private readonly int frames;
    private readonly int rows;
    private readonly int columns;

    /// <param name="size">The sizes.</param>
    /// <param name="threads">How many threads will share the items.</param>
    /// <param name="slice">Input channels of one slice; 0 to choose.</param>
    public ConvolutionPlan(ConvolutionSize size, int threads, int slice = 0)
    {
        this.size = size;
        VideoSize output = size.Output;
        Slice = slice > 0 ? slice : Math.Min(size.Input.Channels, Math.Max(4, PowerOfTwoUpTo(PanelDepth / size.Taps)));
        int pixels = Math.Clamp((int)Math.Min(MostPixels, (long)output.Batch * output.Pixels / (2 * threads)), FewestPixels, MostPixels);
        (frames, rows, columns) = (output.Frames, output.Height, output.Width);
        // Halving the longest side keeps boxes near cubes, which share most of the pixels that they read.
        while (frames * (long)rows * columns > pixels || (ReachBytes > FootprintBytes && frames * rows * columns > 1))
        {
            if (columns >= rows && columns >= frames)
                columns = Evenly(output.Width, columns / 2);
            else if (rows >= frames)
                rows = Evenly(output.Height, rows / 2);
            else
                frames = Evenly(output.Frames, frames / 2);
        }
        int wanted = (ItemsPerThread * threads + Boxes - 1) / Math.Max(1, Boxes);
        PanelsPerGroup = Evenly(Panels, Math.Max(4, Panels / Math.Max(1, wanted)));
    }

    /// <summary>Input channels of one slice.</summary>
    public int Slice { get; }

    /// <summary>Panels of output channels that an item computes.</summary>
    public int PanelsPerGroup { get; }

    /// <summary>How many items: boxes times groups of panels.</summary>
    public int Items => checked(Boxes * Groups);

    /// <summary>Output pixels of the largest box.</summary>
    public int BoxPixels => frames * rows * columns;

    /// <summary>Floats of the largest box's input, of one slice of channels.</summary>
    public long ReachFloats
    {
        get
        {
            (int f, int r, int c) = new ConvolutionBox(0, 0, 0, 0, frames, rows, columns).Footprint(size);
            return (long)f * r * c * Slice;
        }
    }

    private long ReachBytes => ReachFloats * sizeof(float);

    private int Panels => (size.OutputChannels + PanelWidth - 1) / PanelWidth;

    private int Groups => (Panels + PanelsPerGroup - 1) / PanelsPerGroup;

    private int Boxes => checked(size.Input.Batch * Parts(size.Input.Frames, frames) * RowParts * ColumnParts);

    private int RowParts => Parts(size.OutputHeight, rows);

    private int ColumnParts => Parts(size.OutputWidth, columns);

    /// <summary>The box of an item, and the first output channel of its group. Groups of one box follow each other.</summary>
    public (ConvolutionBox Box, int FirstChannel) Item(int item)
    {
        (item, int group) = Math.DivRem(item, Groups);
        (item, int column) = Math.DivRem(item, ColumnParts);
        (item, int row) = Math.DivRem(item, RowParts);
        (int b, int frame) = Math.DivRem(item, Parts(size.Input.Frames, frames));
        var box = new ConvolutionBox(
            b, frame * frames, row * rows, column * columns,
            Math.Min(frames, size.Input.Frames - frame * frames),
            Math.Min(rows, size.OutputHeight - row * rows),
            Math.Min(columns, size.OutputWidth - column * columns));
        return (box, group * PanelsPerGroup * PanelWidth);
    }

    private static int Parts(int length, int part) => (length + part - 1) / part;

    // The part of at most `most` that cuts a length into parts as equal as they can be.
    private static int Evenly(int length, int most)
    {
        int part = Math.Clamp(most, 1, Math.Max(1, length));
        int parts = Math.Max(1, Parts(length, part));
        return Math.Max(1, Parts(length, parts));
    }

    private static int PowerOfTwoUpTo(int value) => value < 1 ? 1 : 1 << (31 - int.LeadingZeroCount(value));
}
