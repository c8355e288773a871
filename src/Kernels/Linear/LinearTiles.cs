using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Linear
{
    /// <summary>
    /// The product for many rows, after Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", ACM TOMS
    /// 34:3): a slice of the inputs at a time, weights packed as panels that go through L1 one by one, a block of x in L2.
    /// </summary>
    private readonly struct Tiles<TSimd, TVector>(Linear linear, LinearGrid grid) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private const int Depth = 256;      // a panel of the weights is half of a 32 KB L1
        private const int BlockRows = 144;  // a block of x is a quarter to a third of L2
        private const int TileRows = MicroKernel<TSimd, TVector>.Rows;

        private static int TileColumns => MicroKernel<TSimd, TVector>.Columns;

        public void Run(int item, CpuWorker worker)
        {
            (int row, int rowEnd, int column, int columnEnd) = grid[item];
            int width = LinearGrid.RoundUp(grid.Width, TileColumns);
            float* panels = (float*)worker.Scratch(sizeof(float) * ((long)width * (Depth + 1) + (BlockRows + 2 * TileColumns) * Depth));
            float* bias = panels + (long)width * Depth;
            float* block = bias + width;
            float* staging = block + BlockRows * Depth;
            var finish = new Finisher<TSimd, TVector>(linear, bias, column);
            finish.WidenBias(columnEnd - column);

            // Slices of equal depth; they depend on nothing but the number of inputs, and so do the sums.
            int inputs = linear.inputs;
            int depth = LinearGrid.RoundUp(LinearGrid.Parts(inputs, LinearGrid.Parts(inputs, Depth)), 8);
            for (int k = 0; k < inputs; k += depth)
            {
                int depthHere = Math.Min(depth, inputs - k);
                PackWeights(column, columnEnd, k, depthHere, panels, staging);
                for (int top = row; top < rowEnd; top += BlockRows)
                {
                    int bottom = Math.Min(rowEnd, top + BlockRows);
                    CopyBlock(top, bottom, k, depthHere, block);
                    Multiply(block, top, bottom, panels, column, columnEnd, depthHere, k == 0, k + depthHere == inputs, finish, staging);
                }
            }
        }

        private void PackWeights(int column, int columnEnd, int k, int depth, float* panels, float* staging)
        {
            int inputs = linear.inputs;
            bool direct = linear.weight.Format == FloatFormat.F32;
            int elementSize = linear.weight.ElementSize;
            for (; column < columnEnd; column += TileColumns, panels += (long)TileColumns * depth)
            {
                int count = Math.Min(TileColumns, columnEnd - column);
                long first = (long)column * inputs + k;
                int ahead = Math.Clamp(columnEnd - column - TileColumns, 0, TileColumns);
                Panels.Prefetch(
                    linear.weight.Slice(first + (long)TileColumns * inputs).Address, (long)inputs * elementSize, ahead, depth * elementSize);
                if (direct)
                {
                    Panels.Transpose((float*)linear.weight.Address + first, inputs, count, depth, panels, TileColumns);
                    continue;
                }
                for (int j = 0; j < count; j++)
                    Widen.ToFloats(linear.weight.Slice(first + (long)j * inputs), staging + j * depth, depth);
                Panels.Transpose(staging, depth, count, depth, panels, TileColumns);
            }
        }

        // Rows side by side: read in place, rows of some widths would all fall into the same few sets of the caches.
        private void CopyBlock(int top, int bottom, int k, int depth, float* block)
        {
            for (int row = top; row < bottom; row++, block += depth)
                NativeMemory.Copy(linear.x + (long)row * linear.inputs + k, block, (nuint)depth * sizeof(float));
            int missing = LinearGrid.RoundUp(bottom - top, TileRows) - (bottom - top);
            NativeMemory.Clear(block, (nuint)(missing * depth) * sizeof(float));
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Multiply(
            float* block, int top, int bottom, float* panels, int column, int columnEnd, int depth, bool first, bool last,
            in Finisher<TSimd, TVector> finish, float* edge)
        {
            int outputs = linear.outputs;
            for (; column < columnEnd; column += TileColumns, panels += (long)TileColumns * depth)
            {
                int columns = Math.Min(TileColumns, columnEnd - column);
                float* a = block;
                for (int row = top; row < bottom; row += TileRows, a += TileRows * depth)
                {
                    int rows = Math.Min(TileRows, bottom - row);
                    float* target = linear.y + (long)row * outputs + column;
                    if (rows == TileRows && columns == TileColumns)
                        MicroKernel<TSimd, TVector>.Run(a, depth, panels, depth, target, outputs, !first);
                    else
                        MultiplyEdge(a, panels, depth, target, rows, columns, first, edge);
                    if (last)
                        finish.Apply(row, rows, column, columns);
                }
            }
        }

        // At the edges the micro-kernel works on a whole tile elsewhere, of which the part that exists is copied.
        private void MultiplyEdge(float* a, float* panel, int depth, float* target, int rows, int columns, bool first, float* edge)
        {
            int outputs = linear.outputs;
            for (int i = 0; i < rows && !first; i++)
                new ReadOnlySpan<float>(target + (long)i * outputs, columns).CopyTo(new Span<float>(edge + i * TileColumns, columns));
            MicroKernel<TSimd, TVector>.Run(a, depth, panel, depth, edge, TileColumns, !first);
            for (int i = 0; i < rows; i++)
                new ReadOnlySpan<float>(edge + i * TileColumns, columns).CopyTo(new Span<float>(target + (long)i * outputs, columns));
        }
    }
}
