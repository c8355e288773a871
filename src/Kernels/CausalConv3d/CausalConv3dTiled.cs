using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CausalConv3d
{
    // A handful of outputs would leave most of a tile empty: they stay fp32.
    private bool IsTiled(DeviceKind kind) =>
        size.OutputChannels > MostNarrowOutputs && (kind != DeviceKind.Cpu || CpuTiles.AreHere);

    private void RunTiled(CpuThreads threads)
    {
        var grid = new ConvolutionGrid(CpuTiles.For(threads.Kind), size, threads.Count);
        byte* packed = (byte*)threads.Workspace;
        threads.For(grid.OutputTiles, new PackedTiles(this, grid, packed));
        threads.For(grid.Count, new TiledBoxes(this, grid, packed));
    }

    private long CpuWorkspaceBytes(DeviceKind kind) => IsProduct(size) ? PixelProduct.WorkspaceBytes(kind)
        : !IsTiled(kind) ? Fp32WorkspaceBytes
        : CpuTiles.AreHere ? new ConvolutionGrid(CpuTiles.For(kind), size, threads: 1).WeightBytes
        : 0;

    private readonly struct PackedTiles(CausalConv3d convolution, ConvolutionGrid grid, byte* packed) : IParallelBody
    {
        private const int Part = 32; // channels that are widened at a time, to be paired

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            int columns = grid.Tiles.Columns, part = grid.Tiles.IsByPairs ? Part : grid.Slice;
            long scratchFloats = ConvolutionPanel.ScratchFloats(size, part);
            long panelFloats = grid.Tiles.IsByPairs ? (long)size.Taps * part * columns : 0;
            float* scratch = (float*)worker.Scratch((scratchFloats + panelFloats) * sizeof(float)), panel = scratch + scratchFloats;
            for (int channel = 0; channel < size.Input.Channels; channel += part)
            {
                if (!grid.Tiles.IsByPairs)
                    panel = (float*)grid.Tap(packed, item, channel / part, 0); // where the taps of a slice lie together
                ConvolutionPanel.PackWide(convolution.weight, size, item * columns, columns, channel, part, scratch, panel);
                if (grid.Tiles.IsByPairs)
                    PairTaps(item, channel, panel);
            }
        }

        private void PairTaps(int item, int channel, float* panel)
        {
            ConvolutionSize size = convolution.size;
            int columns = grid.Tiles.Columns, count = grid.Tiles.Steps(Math.Min(Part, size.Input.Channels - channel));
            for (int tap = 0; tap < size.Taps; tap++)
            {
                uint* target = (uint*)grid.Tap(packed, item, slice: 0, tap) + channel / CpuTiles.PairElements * columns;
                Pair(panel + (long)tap * Part * columns, count, columns, target);
            }
        }

        // From [channels, columns] to [channels / 2, columns].
        private static void Pair(float* source, int count, int columns, uint* target)
        {
            for (int i = 0; i < count; i++, source += 2 * columns)
            {
                for (int j = 0; j < columns; j += Vector256<uint>.Count, target += Vector256<uint>.Count)
                    PairRounding.Pairs(Vector256.Load(source + j), Vector256.Load(source + columns + j)).Store(target);
            }
        }
    }

    private readonly struct TiledBoxes(CausalConv3d convolution, ConvolutionGrid grid, byte* packed) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            CpuTiles tiles = grid.Tiles;
            (ConvolutionBox box, int tile, int tileEnd) = grid[item];
            int edgeFloats = tiles.MostRows * tiles.Columns, channels = size.Input.Channels;
            long input = Aligned(grid.InputBytes), addresses = tiles.IsByPairs ? 0 : box.ReachPixels(size) * sizeof(nint);
            byte* scratch = (byte*)worker.Scratch(
                input + addresses + grid.MostSegments * sizeof(nint) + (edgeFloats + size.OutputChannels + channels) * sizeof(float));
            var sources = (float**)(scratch + input);
            nint* offsets = (nint*)(scratch + input + addresses), segments = offsets;
            float* edge = (float*)(offsets + grid.MostSegments), bias = edge + edgeFloats, zeros = bias + size.OutputChannels;
            if (!tiles.IsByPairs)
            {
                new Span<float>(zeros, channels).Clear();
                convolution.ListAddresses(box, zeros, sources);
            }
            ListSegments(box, offsets);
            for (int pass = 0; pass < grid.Passes; pass++, segments += grid.PassSegments)
            {
                (int slice, int slices) = grid.NewSlices(pass);
                if (slices > 0)
                {
                    segments = offsets;
                    if (tiles.IsByPairs)
                        GatherRows(box, scratch);
                    else
                        GatherSlices(box, slice, slices, sources, (float*)scratch);
                }
                for (int i = tile; i < tileEnd && !worker.IsCancelled; i++)
                {
                    var arguments = new TileArguments
                    {
                        Right = grid.Panel(packed, pass, i),
                        Steps = grid.SegmentSteps,
                        Accumulate = pass,
                        Segments = grid.SegmentsOf(pass),
                        Offsets = segments,
                    };
                    bool isWhole = (i + 1) * tiles.Columns <= size.OutputChannels;
                    int resultBytes = (isWhole ? size.OutputChannels : tiles.Columns) * sizeof(float);
                    var pixels = new TileColumn(tiles, box.Columns, size.Stride * grid.PixelBytes, resultBytes, segmented: true);
                    for (int row = 0; row < box.Rows; row++)
                        MultiplyRow(box, row, i, pixels, arguments, scratch, edge);
                }
            }
            int output = tile * tiles.Columns, outputEnd = Math.Min(size.OutputChannels, tileEnd * tiles.Columns);
            if (!convolution.bias.IsNull)
                Widen.ToFloats(convolution.bias.Slice(output), bias, outputEnd - output);
            Finish(box, output, outputEnd - output, bias);
        }

        // Where segments begin, of as many slices as are there at a time.
        private void ListSegments(ConvolutionBox box, nint* offsets)
        {
            (int frames, int rows, int width) = box.Footprint(convolution.size);
            for (int segment = 0; segment < grid.MostSegments; segment++)
            {
                (int slice, int row) = Math.DivRem(segment, grid.SliceSegments);
                (int t, int h) = Math.DivRem(row, convolution.size.KernelHeight);
                offsets[segment] = (((nint)slice * frames + t) * rows + h) * width * grid.PixelBytes;
            }
        }

        // The pixels of one row of the result.
        private void MultiplyRow(
            ConvolutionBox box, int row, int tile, TileColumn pixels, TileArguments arguments, byte* input, float* edge)
        {
            ConvolutionSize size = convolution.size;
            (_, _, int width) = box.Footprint(size);
            int output = tile * grid.Tiles.Columns, outputs = Math.Min(grid.Tiles.Columns, size.OutputChannels - output);
            bool isWhole = outputs == grid.Tiles.Columns;
            float* y = convolution.y.Floats + Target(box, row) + output;
            for (int part = 0; part < pixels.Count; part++)
            {
                int pixel = pixels.Row(part), count = pixels.Row(part + 1) - pixel;
                float* result = y + (long)pixel * size.OutputChannels;
                arguments.Left = input + ((long)row * size.Stride * width + (long)pixel * size.Stride) * grid.PixelBytes;
                arguments.Result = isWhole ? result : edge;
                if (!isWhole && arguments.Accumulate != 0)
                    Copy(result, size.OutputChannels, edge, grid.Tiles.Columns, count, outputs);
                pixels.Run(part, &arguments);
                if (!isWhole)
                    Copy(edge, grid.Tiles.Columns, result, size.OutputChannels, count, outputs);
            }
        }

        private void GatherSlices(ConvolutionBox box, int slice, int slices, float** sources, float* target)
        {
            int channels = convolution.size.Input.Channels;
            long count = box.ReachPixels(convolution.size);
            for (int i = slice; i < slice + slices; i++, target += count * grid.Slice)
            {
                int first = i * grid.Slice;
                Gather<Simd256, Vector256<float>>(sources, count, first, Math.Min(grid.Slice, channels - first), target, grid.Slice);
            }
        }

        private void GatherRows(ConvolutionBox box, byte* target)
        {
            ConvolutionSize size = convolution.size;
            (int frames, int rows, int columns) = box.Footprint(size);
            (int left, int inside) = convolution.ColumnsInside(box);
            int channels = size.Input.Channels;
            bool isWhole = grid.Tiles.Steps(channels) * CpuTiles.PairElements == channels;
            for (int frame = 0; frame < frames; frame++)
            {
                for (int row = 0; row < rows; row++, target += (long)columns * grid.PixelBytes)
                {
                    float* source = convolution.FirstPixel(box, frame, row);
                    int there = source is null ? 0 : inside, before = source is null ? columns : left;
                    new Span<byte>(target, before * grid.PixelBytes).Clear();
                    byte* first = target + (long)before * grid.PixelBytes;
                    if (isWhole && there > 0)
                        PairRounding.Row(grid.Tiles, source, there * channels, first);
                    for (int i = 0; i < there && !isWhole; i++)
                        PairRounding.Row(grid.Tiles, source + (long)i * channels, channels, first + (long)i * grid.PixelBytes);
                    int after = columns - before - there;
                    new Span<byte>(first + (long)there * grid.PixelBytes, after * grid.PixelBytes).Clear();
                }
            }
        }

        private void Finish(ConvolutionBox box, int output, int outputs, float* bias)
        {
            bool hasBias = !convolution.bias.IsNull, hasResidual = !convolution.residual.IsNull;
            for (int row = 0; row < box.Rows && (hasBias || hasResidual); row++)
            {
                long first = Target(box, row) + output;
                for (int pixel = 0; pixel < box.Columns; pixel++, first += convolution.size.OutputChannels)
                {
                    float* y = convolution.y.Floats + first;
                    if (hasBias)
                        Add(bias, outputs, y);
                    if (hasResidual)
                        Add(convolution.residual.Floats + first, outputs, y);
                }
            }
        }

        // Of a row's first pixel.
        private long Target(ConvolutionBox box, int row)
        {
            VideoSize output = convolution.size.Output;
            long line = ((long)box.Batch * output.Frames + box.Frame) * output.Height + box.Row + row;
            return (line * output.Width + box.Column) * output.Channels;
        }

        private static void Add(float* source, int count, float* target)
        {
            int i = 0;
            for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
                (Vector256.Load(target + i) + Vector256.Load(source + i)).Store(target + i);
            for (; i < count; i++)
                target[i] += source[i];
        }

        private static void Copy(float* source, int sourceStride, float* target, int targetStride, int rows, int columns)
        {
            for (int i = 0; i < rows; i++, source += sourceStride, target += targetStride)
                new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(target, columns));
        }
    }
}
