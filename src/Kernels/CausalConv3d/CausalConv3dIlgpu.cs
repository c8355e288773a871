using CogVideoX.Kernels.Ilgpu;
using ILGPU;

namespace CogVideoX.Kernels;

// An implicit matrix product, as on the CPU: no window is ever copied out, but each step of the depth, eight input channels of a tap, reads
// the pixels of the rows from where they lie.
internal readonly unsafe partial struct CausalConv3d
{
    private long IlgpuWorkspaceBytes => IsProduct(size) ? 0 : sizeof(float) * Packed.Count;

    private bool IsPortableNarrow => size.OutputChannels <= ConvolutionSums.Outputs;

    private PackedConvolution Packed =>
        IsPortableNarrow ? PackedConvolution.ForNarrow(size) : PackedConvolution.ForTiles(size);

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (size.Output.Count == 0)
            return;
        if (IsProduct(size))
        {
            PixelProduct.RunIlgpu(queue);
            return;
        }
        if ((!history.IsNull && history.Format != x.Format) || (!residual.IsNull && residual.Format != x.Format))
            throw new NotSupportedException("The portable kernels of convolutions have a history and a residual of the type of x.");
        StoredAs.Run(weight, new LaunchPack(this, queue));
        StoredAs.Run(x, new LaunchProduct(this, queue));
    }

    private static void ConvolutionTileLarge<T>(TileArguments<T> a) where T : unmanaged, IStored<T> => RunTile(
        a, LinearTile.Large, SharedMemory.Allocate<Float4>(LinearTile.LargeQuads), SharedMemory.Allocate<Float4>(LinearTile.LargeQuads));

    private static void ConvolutionTileSmall<T>(TileArguments<T> a) where T : unmanaged, IStored<T> => RunTile(
        a, LinearTile.Small, SharedMemory.Allocate<Float4>(LinearTile.SmallQuads), SharedMemory.Allocate<Float4>(LinearTile.SmallQuads));

    private static void RunTile<T>(TileArguments<T> a, int size, ArrayView<Float4> rows, ArrayView<Float4> columns)
        where T : unmanaged, IStored<T>
    {
        var tile = new LinearTile(size);
        long firstRow = (long)(Grid.IdxX / a.ColumnTiles) * size;
        int firstColumn = Grid.IdxX % a.ColumnTiles * size;
        RegisterTile sums = Product(a, tile, size, firstRow, firstColumn, rows, columns);
        long row = firstRow + tile.Row;
        for (int i = 0; i < RegisterTile.Size; i++, row++, sums = sums.Next)
        {
            if (i == RegisterTile.Size / 2)
                row += tile.Half - i;
            long first = a.Y.First(row), residual = a.Residual.First(row);
            if (first < 0)
                continue;
            Float4 quad = sums.Row0.Low;
            for (int column = firstColumn + tile.Column, half = 0; half < 2 && column < a.Outputs; half++, column += tile.Half)
            {
                quad = Sum(quad, a.Bias[column >> 2]);
                a.Y.Store(first, column, Sum(quad, a.Residual.Quad(residual, column).Values));
                quad = sums.Row0.High;
            }
        }
    }

    // The loop over taps and input channels; see LinearTile.Product.
    private static RegisterTile Product<T>(
        TileArguments<T> a, LinearTile tile, int size, long firstRow, int firstColumn, ArrayView<Float4> rows, ArrayView<Float4> columns)
        where T : unmanaged, IStored<T>
    {
        int thread = Group.IdxX, line = SharedTile.Line(size), loads = size * SharedTile.RowQuads / LinearTile.Threads(size);
        int loadRow = thread >> 1, loadQuad = thread & 1, loadChannel = loadQuad * 4;
        ConvolutionWindow window0 = a.Input.Window(firstRow + loadRow), window1 = default;
        ConvolutionPixel pixel0 = a.Input.At(window0, 0), pixel1 = default;
        long first0 = a.Input.First(pixel0, 0), first1 = -1;
        // The small tile's threads load two quads of each operand: of both halves of the rows, and of the depth.
        int loadDepth = thread / (size / 4), loadColumn = thread % (size / 4), weightLine = a.PackedOutputs / 4;
        long weight = (long)loadDepth * weightLine + firstColumn / 4 + loadColumn, weightHalf = SharedTile.Depth / 2 * weightLine;
        int columnTarget = loadDepth * line + loadColumn, columnHalf = SharedTile.Depth / 2 * line;
        ArrayView<float> rowNumbers = rows.Cast<float>();

        Stored4<T> nextX0 = a.Input.Quad(first0, pixel0.IsPast, loadChannel), nextX1 = default;
        Float4 nextW0 = a.Weight[weight], nextW1 = default;
        if (loads == 2)
        {
            window1 = a.Input.Window(firstRow + tile.Half + loadRow);
            pixel1 = a.Input.At(window1, 0);
            first1 = a.Input.First(pixel1, 0);
            nextX1 = a.Input.Quad(first1, pixel1.IsPast, loadChannel);
            nextW1 = a.Weight[weight + weightHalf];
        }
        RegisterTile sums = default;
        int stage = 0, tap = 0, channel = 0;
        while (true)
        {
            SharedTile.Store(rowNumbers, stage, line, loadRow, loadQuad, nextX0.Values);
            columns[stage * line + columnTarget] = nextW0;
            if (loads == 2)
            {
                SharedTile.Store(rowNumbers, stage, line, tile.Half + loadRow, loadQuad, nextX1.Values);
                columns[stage * line + columnTarget + columnHalf] = nextW1;
            }
            Group.Barrier(); // and whoever still multiplies the other stage has read all of it before the next
            channel += SharedTile.Depth;
            if (channel >= a.Input.Channels)
            {
                channel = 0;
                tap++;
                pixel0 = a.Input.At(window0, tap);
                first0 = a.Input.First(pixel0, 0);
                if (loads == 2)
                {
                    pixel1 = a.Input.At(window1, tap);
                    first1 = a.Input.First(pixel1, 0);
                }
            }
            if (tap < a.Taps)
            {
                weight += SharedTile.Depth * weightLine;
                nextX0 = a.Input.Quad(first0, pixel0.IsPast, channel + loadChannel);
                nextW0 = a.Weight[weight];
                if (loads == 2)
                {
                    nextX1 = a.Input.Quad(first1, pixel1.IsPast, channel + loadChannel);
                    nextW1 = a.Weight[weight + weightHalf];
                }
            }
            sums = sums.PlusStage(
                rows, stage * line + tile.Row / 4, tile.Half / 4, line, columns, stage * line + tile.Column / 4, tile.Half / 4, line);
            if (tap == a.Taps)
                return sums;
            stage = SharedTile.Depth - stage;
        }
    }

    private static Float4 Sum(Float4 a, Float4 b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.W + b.W);

    internal readonly record struct TileArguments<T>(
        ConvolutionInput<T> Input, ArrayView<Float4> Weight, ArrayView<Float4> Bias, StoredRows<T> Residual, StoredRows<T> Y,
        int Taps, int PackedOutputs, int Outputs, int ColumnTiles)
        where T : unmanaged, IStored<T>;

    private readonly struct LaunchPack(CausalConv3d convolution, IlgpuQueue queue) : IStoredAs
    {
        public void Run<TWeight>() where TWeight : unmanaged, IStored<TWeight>
        {
            ConvolutionSize size = convolution.size;
            PackedConvolution packed = convolution.Packed;
            long weights = (long)size.OutputChannels * size.Input.Channels * size.Taps;
            queue.LaunchEach(
                PackedConvolution.PackConvolutionWeights, packed.TapStep, new PackedConvolution.PackArguments<TWeight>(
                    queue.View<TWeight>(convolution.weight, weights), new AnyNumbers(queue, convolution.bias, size.OutputChannels),
                    queue.View<float>((void*)queue.Workspace, packed.Count), size.Input.Channels, size.OutputChannels, packed));
        }
    }

    private readonly struct LaunchProduct(CausalConv3d convolution, IlgpuQueue queue) : IStoredAs
    {
        public void Run<T>() where T : unmanaged, IStored<T>
        {
            ConvolutionSize size = convolution.size;
            PackedConvolution packed = convolution.Packed;
            int outputs = size.OutputChannels;
            long pixels = size.Output.Batch * size.Output.Pixels, residuals = convolution.residual.IsNull ? 0 : pixels;
            var input = new ConvolutionInput<T>(queue, convolution.x, convolution.history, size);
            ArrayView<Float4> weight = queue.View<Float4>((void*)queue.Workspace, packed.WeightCount / 4);
            ArrayView<Float4> bias = queue.View<Float4>((void*)((float*)queue.Workspace + packed.WeightCount), packed.Outputs / 4);
            if (convolution.IsPortableNarrow)
            {
                convolution.RunNarrow(queue, new NarrowArguments<T>(
                    input, weight, bias, queue.View<T>(convolution.residual, residuals * outputs),
                    queue.View<T>(convolution.y, pixels * outputs), size.Taps, packed.Channels, outputs, size.Output));
                return;
            }
            int tile = outputs <= LinearTile.Small ? LinearTile.Small : Linear.PortableTile(queue, pixels, outputs);
            int columnTiles = (outputs + tile - 1) / tile;
            queue.Launch(
                tile == LinearTile.Large ? ConvolutionTileLarge : ConvolutionTileSmall,
                new KernelConfig(checked((int)((pixels + tile - 1) / tile * columnTiles)), LinearTile.Threads(tile)),
                new TileArguments<T>(
                    input, weight, bias, new StoredRows<T>(queue, convolution.residual, residuals, outputs),
                    new StoredRows<T>(queue, convolution.y, pixels, outputs), size.Taps, packed.Outputs, outputs, columnTiles));
        }
    }
}
