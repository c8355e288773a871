using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct CausalConv3d
{
    /// <inheritdoc/>
    public static bool HasCpuBf16 => true;

    /// <inheritdoc/>
    public void RunCpuBf16(CpuThreads threads)
    {
        if (size.Output.Count == 0)
            return;
        if (IsProduct(size))
        {
            PixelProduct.RunCpuBf16(threads);
            return;
        }
        if (size.OutputChannels <= MostNarrowOutputs)
        {
            RunCpu(threads);
            return;
        }
        var pairs = new ConvolutionPairs(PairTiles.Here, size, threads.Count);
        byte* packed = (byte*)threads.Workspace;
        threads.For(pairs.OutputTiles, new PairPacking(this, pairs, packed));
        threads.For(pairs.Count, new PairBoxes(this, pairs, packed));
    }

    // The weights in pairs of channels; a handful of outputs would leave most of a tile empty, and stays fp32.
    private long PairWorkspaceBytes => IsProduct(size) ? PixelProduct.WorkspaceBytes(DeviceKind.CpuBf16)
        : size.OutputChannels <= MostNarrowOutputs || !PairTiles.AreHere ? CpuWorkspaceBytes
        : new ConvolutionPairs(PairTiles.Here, size, threads: 1).WeightBytes;

    private readonly struct PairPacking(CausalConv3d convolution, ConvolutionPairs pairs, byte* packed) : IParallelBody
    {
        private const int Slice = 32; // channels that are widened at a time

        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            int columns = pairs.Tiles.Columns, channels = size.Input.Channels, steps = PairTiles.Steps(Slice);
            long panelFloats = (long)size.Taps * Slice * columns;
            float* panel = (float*)worker.Scratch((panelFloats + 8L * Slice * size.Taps) * sizeof(float)), rows = panel + panelFloats;
            for (int channel = 0; channel < channels; channel += Slice)
            {
                ConvolutionPanel.PackWide(convolution.weight, size, item * columns, columns, channel, Slice, rows, panel);
                int count = Math.Min(steps, PairTiles.Steps(channels - channel));
                for (int tap = 0; tap < size.Taps; tap++)
                {
                    uint* target = (uint*)pairs.Tap(packed, item, tap) + channel / 2 * columns;
                    Pair(panel + (long)tap * Slice * columns, count, columns, target);
                }
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

    private readonly struct PairBoxes(CausalConv3d convolution, ConvolutionPairs pairs, byte* packed) : IParallelBody
    {
        public void Run(int item, CpuWorker worker)
        {
            ConvolutionSize size = convolution.size;
            PairTiles tiles = pairs.Tiles;
            (ConvolutionBox box, int tile, int tileEnd) = pairs[item];
            int edgeFloats = tiles.MostRows * tiles.Columns;
            byte* scratch = (byte*)worker.Scratch(
                Aligned(pairs.InputBytes) + (edgeFloats + size.OutputChannels) * sizeof(float) + pairs.Segments * sizeof(nint));
            nint* offsets = (nint*)(scratch + Aligned(pairs.InputBytes));
            float* edge = (float*)(offsets + pairs.Segments), bias = edge + edgeFloats;
            Gather(box, scratch);
            (_, int rows, int width) = box.Footprint(size);
            for (int segment = 0; segment < pairs.Segments; segment++)
            {
                (int t, int h) = Math.DivRem(segment, size.KernelHeight);
                offsets[segment] = ((nint)t * rows + h) * width * pairs.PixelBytes;
            }
            for (int pass = 0; pass < pairs.Passes; pass++)
            {
                for (int i = tile; i < tileEnd && !worker.IsCancelled; i++)
                {
                    var arguments = new TileArguments
                    {
                        Right = pairs.Panel(packed, pass, i),
                        Steps = pairs.SegmentSteps,
                        Accumulate = pass,
                        Segments = pairs.SegmentsOf(pass),
                        Offsets = offsets + pass * pairs.PassSegments,
                    };
                    for (int row = 0; row < box.Rows; row++)
                        MultiplyRow(box, row, i, arguments, scratch, edge);
                }
            }
            int output = tile * tiles.Columns, outputEnd = Math.Min(size.OutputChannels, tileEnd * tiles.Columns);
            if (!convolution.bias.IsNull)
                Widen.ToFloats(convolution.bias.Slice(output), bias, outputEnd - output);
            Finish(box, output, outputEnd - output, bias);
        }

        // The pixels of one row of the result, in tiles of nearly equal length.
        private void MultiplyRow(ConvolutionBox box, int row, int tile, TileArguments arguments, byte* input, float* edge)
        {
            ConvolutionSize size = convolution.size;
            PairTiles tiles = pairs.Tiles;
            (_, _, int width) = box.Footprint(size);
            int output = tile * tiles.Columns, outputs = Math.Min(tiles.Columns, size.OutputChannels - output);
            int count = LinearGrid.Parts(box.Columns, tiles.MostRows);
            bool isWhole = outputs == tiles.Columns;
            float* y = convolution.y.Floats + Target(box, row) + output;
            for (int part = 0, column = 0; part < count; part++)
            {
                int next = (part + 1) * box.Columns / count, pixels = next - column;
                float* result = y + (long)column * size.OutputChannels;
                arguments.Left = input + ((long)row * size.Stride * width + (long)column * size.Stride) * pairs.PixelBytes;
                arguments.Result = isWhole ? result : edge;
                if (!isWhole && arguments.Accumulate != 0)
                    Copy(result, size.OutputChannels, edge, tiles.Columns, pixels, outputs);
                int resultBytes = (isWhole ? size.OutputChannels : tiles.Columns) * sizeof(float);
                TileKernels.Get(tiles.Form(pixels, size.Stride * pairs.PixelBytes, resultBytes, segmented: true))(&arguments);
                if (!isWhole)
                    Copy(edge, tiles.Columns, result, size.OutputChannels, pixels, outputs);
                column = next;
            }
        }

        private void Gather(ConvolutionBox box, byte* target)
        {
            ConvolutionSize size = convolution.size;
            (int frames, int rows, int columns) = box.Footprint(size);
            (int left, int inside) = convolution.ColumnsInside(box);
            int channels = size.Input.Channels;
            for (int frame = 0; frame < frames; frame++)
            {
                for (int row = 0; row < rows; row++, target += (long)columns * pairs.PixelBytes)
                {
                    float* source = convolution.FirstPixel(box, frame, row);
                    int there = source is null ? 0 : inside, before = source is null ? columns : left;
                    new Span<byte>(target, before * pairs.PixelBytes).Clear();
                    byte* first = target + (long)before * pairs.PixelBytes;
                    if (channels % PairTiles.PairElements == 0 && there > 0)
                        PairRounding.Row(pairs.Tiles, source, there * channels, first);
                    for (int i = 0; i < there && channels % PairTiles.PairElements != 0; i++)
                        PairRounding.Row(pairs.Tiles, source + (long)i * channels, channels, first + (long)i * pairs.PixelBytes);
                    int after = columns - before - there;
                    new Span<byte>(first + (long)there * pairs.PixelBytes, after * pairs.PixelBytes).Clear();
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
