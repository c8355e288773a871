using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels;

/// <summary>
/// A convolution as products by tiles: rows are neighbouring pixels, the depth is that of segments, one for each row of the kernel in each
/// slice of channels, in which pixels and their channels follow each other. Weights are [pass][tile of outputs][segment][kw, channels], an
/// element being a float or the pair of two channels' weights; an output's sum is one chain through slices, kt, kh, kw and channels,
/// whatever is cut. In bf16 there is one slice; in fp32 those of <see cref="ConvolutionPlan"/>.
/// </summary>
internal readonly unsafe struct ConvolutionGrid
{
    // Weights of a tile and a pass, in a second-level cache beside a box's input.
    private const int MostPanelBytes = 448 * 1024, MostFloatPanelBytes = MostPanelBytes / 2;
    private const int MostInputBytes = 384 * 1024;
    private const int MostColumns = 64, MostRows = 8, GroupTiles = 4;
    private const int ItemsPerThread = 8;

    private readonly CpuTiles tiles;
    private readonly ConvolutionSize size;
    private readonly int rows, columns;

    public ConvolutionGrid(CpuTiles tiles, ConvolutionSize size, int threads)
    {
        this.tiles = tiles;
        this.size = size;
        Slice = tiles.IsByPairs ? size.Input.Channels : ConvolutionPlan.SliceOf(size);
        Slices = LinearGrid.Parts(size.Input.Channels, Slice);
        PixelBytes = tiles.Steps(Slice) * tiles.StepBytes;
        SegmentSteps = size.KernelWidth * tiles.Steps(Slice);
        int mostSegments = (tiles.IsByPairs ? MostPanelBytes : MostFloatPanelBytes) / (SegmentSteps * RowBytes);
        PassSlices = LinearGrid.Evenly(Slices, mostSegments / SliceSegments);
        PassSegments = tiles.IsByPairs ? LinearGrid.Evenly(SliceSegments, mostSegments) : PassSlices * SliceSegments;
        columns = LinearGrid.Evenly(size.OutputWidth, MostColumns);
        rows = LinearGrid.Evenly(size.OutputHeight, MostRows);
        while (rows > 1 && (InputBytes > MostInputBytes || (threads > 1 && Count < ItemsPerThread * threads)))
            rows = LinearGrid.Evenly(size.OutputHeight, rows - 1);
        while (columns > tiles.MostRows && InputBytes > MostInputBytes)
            columns = LinearGrid.Evenly(size.OutputWidth, columns - 1);
    }

    /// <summary>How tiles are multiplied.</summary>
    public CpuTiles Tiles => tiles;

    /// <summary>Channels of a slice; the last is filled up with zeros.</summary>
    public int Slice { get; }

    /// <summary>How many slices.</summary>
    public int Slices { get; }

    /// <summary>Slices of a pass but the last.</summary>
    public int PassSlices { get; }

    /// <summary>Bytes of a pixel of a slice of a box's input.</summary>
    public int PixelBytes { get; }

    /// <summary>Rows of the kernel.</summary>
    public int SliceSegments => size.KernelFrames * size.KernelHeight;

    /// <summary>Segments of a pass at most.</summary>
    public int MostSegments => PassSlices * SliceSegments;

    /// <summary>Steps of a segment: numbers, or pairs.</summary>
    public int SegmentSteps { get; }

    /// <summary>Segments of a pass but the last: some rows of the kernel in bf16, all of them of some slices in fp32.</summary>
    public int PassSegments { get; }

    /// <summary>How often sums go on through memory.</summary>
    public int Passes => LinearGrid.Parts(Segments, PassSegments);

    /// <summary>Tiles of outputs.</summary>
    public int OutputTiles => LinearGrid.Parts(size.OutputChannels, tiles.Columns);

    /// <summary>What packed weights take.</summary>
    public long WeightBytes => (long)Segments * SegmentSteps * OutputTiles * RowBytes;

    /// <summary>Input of the largest box, of the slices of a pass.</summary>
    public long InputBytes => new ConvolutionBox(0, 0, 0, 0, 1, rows, columns).ReachPixels(size) * PixelBytes * PassSlices;

    /// <summary>Boxes times groups of outputs.</summary>
    public int Count => checked(size.Input.Batch * size.Input.Frames * RowParts * ColumnParts * Groups);

    private int Segments => Slices * SliceSegments;

    private int RowBytes => tiles.Columns * sizeof(uint);

    private int Groups => LinearGrid.Parts(OutputTiles, GroupTiles);

    private int RowParts => LinearGrid.Parts(size.OutputHeight, rows);

    private int ColumnParts => LinearGrid.Parts(size.OutputWidth, columns);

    /// <summary>A box, and the tiles of outputs to compute there, end excluded. Groups of one box follow each other.</summary>
    public (ConvolutionBox Box, int Tile, int TileEnd) this[int item]
    {
        get
        {
            (item, int group) = Math.DivRem(item, Groups);
            (item, int column) = Math.DivRem(item, ColumnParts);
            (item, int row) = Math.DivRem(item, RowParts);
            (int b, int frame) = Math.DivRem(item, size.Input.Frames);
            var box = new ConvolutionBox(
                b, frame, row * rows, column * columns, 1,
                Math.Min(rows, size.OutputHeight - row * rows), Math.Min(columns, size.OutputWidth - column * columns));
            return (box, group * GroupTiles, Math.Min(OutputTiles, (group + 1) * GroupTiles));
        }
    }

    /// <summary>Segments of a pass.</summary>
    public int SegmentsOf(int pass) => Math.Min(PassSegments, Segments - pass * PassSegments);

    /// <summary>A tile's weights of a pass.</summary>
    public byte* Panel(void* packed, int pass, int tile) =>
        (byte*)packed + ((long)pass * PassSegments * OutputTiles + (long)tile * SegmentsOf(pass)) * SegmentSteps * RowBytes;

    /// <summary>Slices that a pass begins with, which stay for those after it; none where it goes on with those before.</summary>
    public (int First, int Count) NewSlices(int pass)
    {
        (int slice, int row) = Math.DivRem(pass * PassSegments, SliceSegments);
        return (slice, row == 0 ? Math.Min(PassSlices, Slices - slice) : 0);
    }

    /// <summary>Where the weights of a tap begin, of a slice.</summary>
    public byte* Tap(void* packed, int tile, int slice, int tap)
    {
        (int row, int w) = Math.DivRem(tap, size.KernelWidth);
        (int pass, int inPass) = Math.DivRem(slice * SliceSegments + row, PassSegments);
        return Panel(packed, pass, tile) + ((long)inPass * SegmentSteps + (long)w * tiles.Steps(Slice)) * RowBytes;
    }
}
