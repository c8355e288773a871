namespace CogVideoX.Kernels;

/// <summary>
/// How a convolution is cut: output pixels into boxes, output channels into groups of panels, input channels into slices, and
/// the depth of a slice into parts. An output's sum always runs over slices, then taps, then channels, so the boxes never show
/// in the result.
/// </summary>
internal readonly struct ConvolutionPlan
{
    private const int PanelBytes = 24 * 1024;      // weights of one part of the depth, which stay in an L1 of 32
    private const int FootprintBytes = 320 * 1024; // one slice of a box's input, which stays in an L2 of 512
    private const int RunFloats = 96;              // neighbouring input numbers: so many that the end of a run costs nothing
    private const int MostPixels = 1536;           // enough that packing a panel costs a percent of its use
    private const int MostPixelsInPlace = 4096;
    private const int FewestPixels = 192;
    private const int ItemsPerThread = 4;

    private readonly ConvolutionSize size;
    private readonly int frames;
    private readonly int rows;
    private readonly int columns;

    private ConvolutionPlan(ConvolutionSize size, int threads, int slice, int partLength, int panelWidth, bool inPlace)
    {
        this.size = size;
        PanelWidth = panelWidth;
        Slice = slice;
        PartLength = partLength;
        VideoSize output = size.Output;
        int most = inPlace ? MostPixelsInPlace : MostPixels;
        int pixels = Math.Clamp((int)Math.Min(most, output.Batch * output.Pixels / threads), FewestPixels, most);
        (frames, rows, columns) = (output.Frames, output.Height, output.Width);
        while (true)
        {
            // In place, pixels are walked row by row: only the rows of one window need to stay near.
            bool near = Reach(frames, inPlace ? 1 : rows, columns) * slice * sizeof(float) <= FootprintBytes;
            long count = (long)frames * rows * columns;
            if (count == 1 || (near && count <= pixels))
                break;
            // Cutting the longest side keeps boxes near cubes, which share most of the pixels that they read.
            if (inPlace ? !near && columns > 1 : columns >= rows && columns >= frames)
                columns = Shorter(output.Width, columns);
            else if (inPlace ? rows > 1 : rows >= frames)
                rows = Shorter(output.Height, rows);
            else if (frames > 1)
                frames = Shorter(output.Frames, frames);
            else
                columns = Shorter(output.Width, columns);
        }
        int wanted = threads == 1 ? 1 : LinearGrid.Parts(ItemsPerThread * threads, Math.Max(1, Boxes));
        PanelsPerGroup = inPlace ? Panels : LinearGrid.Evenly(Panels, Math.Max(4, Panels / Math.Max(1, wanted)));
    }

    /// <summary>Input channels of one slice.</summary>
    public int Slice { get; }

    /// <summary>Of the kernel's rows (or of its taps, in place), how many make up one part of the depth.</summary>
    public int PartLength { get; }

    /// <summary>Output channels of a panel of weights.</summary>
    public int PanelWidth { get; }

    /// <summary>How many panels the output channels take.</summary>
    public int Panels => LinearGrid.Parts(size.OutputChannels, PanelWidth);

    /// <summary>Panels of output channels that an item computes.</summary>
    public int PanelsPerGroup { get; }

    /// <summary>How many items: boxes times groups of panels.</summary>
    public int Items => checked(Boxes * Groups);

    /// <summary>Output pixels of the largest box.</summary>
    public int BoxPixels => frames * rows * columns;

    /// <summary>Input pixels that the largest box reads.</summary>
    public long ReachPixels => Reach(frames, rows, columns);

    private int Groups => LinearGrid.Parts(Panels, PanelsPerGroup);

    private int Boxes => checked(size.Input.Batch * LinearGrid.Parts(size.Input.Frames, frames) * RowParts * ColumnParts);

    private int RowParts => LinearGrid.Parts(size.OutputHeight, rows);

    private int ColumnParts => LinearGrid.Parts(size.OutputWidth, columns);

    /// <summary>Input channels of a slice, where there are slices.</summary>
    public static int SliceOf(ConvolutionSize size) => LinearGrid.Evenly(size.Input.Channels, RunFloats / size.KernelWidth);

    /// <summary>For a form that copies a box's input, slice by slice.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="threads">How many threads will share the items.</param>
    /// <param name="panelWidth">Output channels of one packed panel.</param>
    public static ConvolutionPlan InSlices(ConvolutionSize size, int threads, int panelWidth)
    {
        int slice = SliceOf(size);
        int runBytes = size.KernelWidth * slice * panelWidth * sizeof(float);
        int part = LinearGrid.Evenly(size.KernelFrames * size.KernelHeight, PanelBytes / runBytes);
        return new ConvolutionPlan(size, threads, slice, part, panelWidth, inPlace: false);
    }

    /// <summary>For a form that reads the input where it lies, all channels and outputs at a time.</summary>
    public static ConvolutionPlan InPlace(ConvolutionSize size, int threads)
    {
        int tapBytes = size.Input.Channels * ConvolutionTiles.NarrowOutputs * sizeof(float);
        return new ConvolutionPlan(
            size, threads, size.Input.Channels, LinearGrid.Evenly(size.Taps, PanelBytes / tapBytes), size.OutputChannels, inPlace: true);
    }

    /// <summary>The box of an item, and the first output channel of its group. Groups of one box follow each other.</summary>
    public (ConvolutionBox Box, int FirstChannel) Item(int item)
    {
        (item, int group) = Math.DivRem(item, Groups);
        (item, int column) = Math.DivRem(item, ColumnParts);
        (item, int row) = Math.DivRem(item, RowParts);
        (int b, int frame) = Math.DivRem(item, LinearGrid.Parts(size.Input.Frames, frames));
        var box = new ConvolutionBox(
            b, frame * frames, row * rows, column * columns,
            Math.Min(frames, size.Input.Frames - frame * frames),
            Math.Min(rows, size.OutputHeight - row * rows),
            Math.Min(columns, size.OutputWidth - column * columns));
        return (box, group * PanelsPerGroup * PanelWidth);
    }

    private long Reach(int frames, int rows, int columns) => new ConvolutionBox(0, 0, 0, 0, frames, rows, columns).ReachPixels(size);

    // The longest part, shorter than this one, that cuts a length evenly.
    private static int Shorter(int length, int part) =>
        LinearGrid.Evenly(length, Math.Min(part - 1, LinearGrid.Parts(length, LinearGrid.Parts(length, part) + 1)));
}
