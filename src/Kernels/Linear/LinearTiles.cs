using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear
{
    /// <summary>
    /// The product for many rows, after Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", ACM TOMS
    /// 34:3): a slice of the inputs at a time, a block of x packed in L2, panels of the weights going through L1 one by one.
    /// A panel is packed just before the first block needs it, from weights that were asked for during the panel before.
    /// </summary>
    private readonly struct Tiles<TSimd, TVector>(Linear linear, LinearGrid grid) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private const int PanelFloats = 6 * 1024; // three quarters of a 32 KB L1
        private const int LargestBlockRows = 144; // with them, a block of x is less than half of a 512 KB L2
        private const int FinishedColumns = 128; // that an epilogue goes through at once: long rows, and a block of them still in L2

        private static int Depth => PanelFloats / TileColumns;

        private static int TileRows => MicroKernel<TSimd, TVector>.Rows;

        private static int TileColumns => MicroKernel<TSimd, TVector>.Columns;

        public void Run(int item, CpuWorker worker)
        {
            (int row, int rowEnd, int column, int columnEnd) = grid[item];
            int blocks = LinearGrid.Parts(rowEnd - row, LargestBlockRows);
            int blockRows = LinearGrid.RoundUp(LinearGrid.Parts(rowEnd - row, blocks), TileRows);
            // Slices of equal depth; they depend on nothing but the number of inputs, and so do the sums.
            int inputs = linear.inputs;
            int depth = LinearGrid.RoundUp(LinearGrid.Parts(inputs, LinearGrid.Parts(inputs, Depth)), 8);
            var scratch = new LinearScratch<TSimd, TVector>(worker, blockRows, depth, LinearGrid.RoundUp(grid.Width, TileColumns), blocks);
            var finish = new Finisher<TSimd, TVector>(linear, scratch.Bias, column);
            finish.WidenBias(columnEnd - column);

            for (int k = 0; k < inputs; k += depth)
            {
                var slice = new Slice(k, Math.Min(depth, inputs - k), inputs);
                for (int top = row; top < rowEnd && !worker.IsCancelled; top += blockRows)
                {
                    int bottom = Math.Min(rowEnd, top + blockRows);
                    PackRows(top, bottom, slice, scratch.Block);
                    float* panel = scratch.Panels;
                    for (int j = column; j < columnEnd; j += TileColumns, panel += scratch.PanelStride)
                    {
                        if (top == row)
                            PackWeights(j, columnEnd, slice, panel, scratch.Staging);
                        Ahead ahead = top == row
                            ? AheadInWeights(j + TileColumns, columnEnd, slice)
                            : new Ahead(panel + scratch.PanelStride, slice.Depth * sizeof(float), TileColumns, slice.Depth * sizeof(float));
                        Multiply(scratch.Block, top, bottom, panel, j, columnEnd, slice, ahead, scratch.Edge);
                        int unfinished = (j - column) % FinishedColumns + TileColumns;
                        if (slice.IsLast && (unfinished >= FinishedColumns || j + TileColumns >= columnEnd))
                            finish.Apply(top, bottom - top, j + TileColumns - unfinished, Math.Min(columnEnd, j + TileColumns));
                    }
                }
            }
        }

        private void PackRows(int top, int bottom, Slice slice, float* block)
        {
            for (int row = top; row < bottom; row += TileRows, block += TileRows * slice.Depth)
            {
                float* source = linear.x.Floats + (long)row * linear.inputs + slice.Start;
                Panels.Transpose<FloatRows>(
                    source, (long)linear.inputs * sizeof(float), Math.Min(TileRows, bottom - row), slice.Depth, block, TileRows);
            }
        }

        private void PackWeights(int column, int columnEnd, Slice slice, float* panel, float* staging)
        {
            int count = Math.Min(TileColumns, columnEnd - column);
            long inputs = linear.inputs;
            Elements first = linear.weight.Slice(column * inputs + slice.Start);
            switch (first.Format)
            {
                case ElementFormat.F32:
                    Panels.Transpose<FloatRows>(first.Address, inputs * sizeof(float), count, slice.Depth, panel, TileColumns);
                    break;
                case ElementFormat.BF16:
                    Panels.Transpose<BFloat16Rows>(first.Address, inputs * sizeof(ushort), count, slice.Depth, panel, TileColumns);
                    break;
                case ElementFormat.F16:
                    Panels.Transpose<HalfRows>(first.Address, inputs * sizeof(ushort), count, slice.Depth, panel, TileColumns);
                    break;
                default:
                    for (int j = 0; j < count; j++)
                        Widen.ToFloats(first.Slice(j * inputs), staging + j * slice.Depth, slice.Depth);
                    Panels.Transpose<FloatRows>(staging, slice.Depth * sizeof(float), count, slice.Depth, panel, TileColumns);
                    break;
            }
        }

        private Ahead AheadInWeights(int column, int columnEnd, Slice slice)
        {
            long inputs = linear.inputs;
            Elements first = linear.weight.Slice(column * inputs + slice.Start);
            int rows = Math.Clamp(columnEnd - column, 0, TileColumns);
            return new Ahead(first.Address, first.RoughBytes(inputs), rows, (int)first.RoughBytes(slice.Depth));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(
            float* block, int top, int bottom, float* panel, int column, int columnEnd, Slice slice, Ahead ahead, float* edge)
        {
            int outputs = linear.outputs, columns = Math.Min(TileColumns, columnEnd - column), asked = 0;
            float* y = linear.y.Floats;
            for (int row = top; row < bottom; row += TileRows, block += TileRows * slice.Depth)
            {
                int rows = Math.Min(TileRows, bottom - row);
                asked = ahead.Ask(asked, (row + rows - top) / (float)(bottom - top));
                float* target = y + (long)row * outputs + column;
                if (rows == TileRows && columns == TileColumns)
                    MicroKernel<TSimd, TVector>.Run(block, panel, slice.Depth, target, outputs, !slice.IsFirst);
                else
                    MultiplyEdge(block, panel, slice, target, rows, columns, edge);
            }
        }

        // At the edges the micro-kernel works on a whole tile elsewhere, of which the part that exists is copied.
        private void MultiplyEdge(float* block, float* panel, Slice slice, float* target, int rows, int columns, float* edge)
        {
            int outputs = linear.outputs;
            for (int i = 0; i < rows && !slice.IsFirst; i++)
                new ReadOnlySpan<float>(target + (long)i * outputs, columns).CopyTo(new Span<float>(edge + i * TileColumns, columns));
            MicroKernel<TSimd, TVector>.Run(block, panel, slice.Depth, edge, TileColumns, !slice.IsFirst);
            for (int i = 0; i < rows; i++)
                new ReadOnlySpan<float>(edge + i * TileColumns, columns).CopyTo(new Span<float>(target + (long)i * outputs, columns));
        }

        /// <summary>A range of the inputs.</summary>
        private readonly struct Slice(int start, int depth, int inputs)
        {
            public int Start => start;

            public int Depth => depth;

            public bool IsFirst => start == 0;

            public bool IsLast => start + depth == inputs;
        }

        /// <summary>Rows to ask for a few at a time while something else is computed.</summary>
        private readonly struct Ahead(void* rows, long strideBytes, int count, int rowBytes)
        {
            /// <summary>Asks for the rows from <paramref name="asked"/> up to a share of them, and returns that number.</summary>
            public int Ask(int asked, float share)
            {
                int wanted = (int)(share * count);
                Panels.Prefetch((byte*)rows + asked * strideBytes, strideBytes, wanted - asked, rowBytes);
                return wanted;
            }
        }
    }
}
