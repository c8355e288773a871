using System.Runtime.CompilerServices;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

public readonly unsafe partial struct Attention
{
    /// <summary>
    /// A block of queries of one head goes through the keys block by block; scores stay in L2, and sums are corrected when a
    /// larger score appears (Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135).
    /// </summary>
    /// <param name="blockRows">Queries of a block, whole micro-kernel tiles.</param>
    /// <param name="blocks">Blocks of a head.</param>
    private readonly struct Blocks<TSimd, TVector>(Attention attention, int blockRows, int blocks) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private const int TileRows = MicroKernel<TSimd, TVector>.Rows;
        private const int BlockKeys = 256;

        private readonly int width = attention.size.Width;
        private readonly int paddedWidth = LinearGrid.RoundUp(attention.size.Width, TileColumns);

        private static int TileColumns => MicroKernel<TSimd, TVector>.Columns;

        public void Run(int item, CpuWorker worker)
        {
            int block = item % blocks, head = item / blocks % attention.size.Heads, batch = item / blocks / attention.size.Heads;
            int first = block * blockRows, rows = Math.Min(blockRows, attention.size.Queries - first);
            int paddedRows = LinearGrid.RoundUp(rows, TileRows);
            float* queries = (float*)worker.Scratch(sizeof(float) * ((long)blockRows * (width + paddedWidth + BlockKeys + 2) + BlockKeys * paddedWidth));
            float* sums = queries + blockRows * width;
            float* scores = sums + blockRows * paddedWidth;
            float* panels = scores + blockRows * BlockKeys;
            var softmax = new OnlineSoftmax<TSimd, TVector>(panels + BlockKeys * paddedWidth, blockRows);
            LoadQueries(batch, head, first, rows, paddedRows, queries);
            softmax.Start(paddedRows);
            new Span<float>(sums, paddedRows * paddedWidth).Clear();
            for (int key = 0; key < attention.size.Keys; key += BlockKeys)
            {
                int keys = Math.Min(BlockKeys, attention.size.Keys - key);
                int paddedKeys = LinearGrid.RoundUp(keys, TileColumns);
                PackKeys(batch, head, key, keys, panels);
                Multiply(queries, width, panels, width, scores, paddedKeys, paddedRows, paddedKeys, accumulate: false);
                for (int i = 0; i < rows; i++)
                {
                    float* bias = attention.bias is null ? null : attention.Bias(batch, head, first + i) + key;
                    softmax.Update(i, scores + i * paddedKeys, keys, paddedKeys, bias, sums + i * paddedWidth, paddedWidth);
                }
                PackValues(batch, head, key, keys, panels);
                Multiply(scores, paddedKeys, panels, keys, sums, paddedWidth, paddedRows, paddedWidth, accumulate: true);
            }
            for (int i = 0; i < rows; i++)
                softmax.Finish(i, sums + i * paddedWidth, attention.Result(batch, head, first + i), width);
        }

        // The scale goes to the queries, where there is least to multiply.
        private void LoadQueries(int batch, int head, int first, int rows, int paddedRows, float* queries)
        {
            for (int i = 0; i < rows; i++)
            {
                float* source = attention.Query(batch, head, first + i);
                for (int j = 0; j < width; j++)
                    queries[i * width + j] = source[j] * attention.scale;
            }
            new Span<float>(queries + rows * width, (paddedRows - rows) * width).Clear();
        }

        private void PackKeys(int batch, int head, int key, int keys, float* panels)
        {
            long offset = attention.KeyOffset(batch, head, key), strideBytes = attention.size.KeyStride * sizeof(float);
            Panels.Prefetch(attention.k + offset, strideBytes, keys, width * sizeof(float));
            Panels.Prefetch(attention.v + offset, strideBytes, keys, width * sizeof(float));
            for (int j = 0; j < keys; j += TileColumns, panels += TileColumns * width)
            {
                float* source = attention.k + attention.KeyOffset(batch, head, key + j);
                Panels.Transpose(source, attention.size.KeyStride, Math.Min(TileColumns, keys - j), width, panels, TileColumns);
            }
        }

        // One pass over the tokens, which may lie pages apart, with all panels written side by side.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void PackValues(int batch, int head, int key, int keys, float* panels)
        {
            float* source = attention.v + attention.KeyOffset(batch, head, key);
            int whole = width - width % TileColumns;
            for (int i = 0; i < keys; i++, source += attention.size.KeyStride)
            {
                float* target = panels + i * TileColumns;
                for (int j = 0; j < whole; j += TileColumns, target += TileColumns * keys)
                {
                    TSimd.Store(TSimd.Load(source + j), target);
                    TSimd.Store(TSimd.Load(source + j + TSimd.Lanes), target + TSimd.Lanes);
                }
                for (int j = whole; j < paddedWidth; j++)
                    target[j - whole] = j < width ? source[j] : 0;
            }
        }

        // Rows past the last query give numbers that nobody reads.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Multiply(
            float* a, int aStride, float* panels, int depth, float* c, int cStride, int rows, int columns, bool accumulate)
        {
            for (int column = 0; column < columns; column += TileColumns, panels += TileColumns * depth)
            {
                for (int row = 0; row < rows; row += TileRows)
                    MicroKernel<TSimd, TVector>.Run(a + row * aStride, aStride, panels, depth, c + row * cStride + column, cStride, accumulate);
            }
        }
    }
}
