using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Attention
{
    /// <summary>
    /// A block of queries of one head goes through the keys block by block; sums are corrected when a larger score appears
    /// (Milakov and Gimelshein, arXiv 1805.02867; Dao et al., arXiv 2205.14135). Both products are computed transposed, so that
    /// a vector holds one key's scores for as many queries: scores leave the first product as the panel that the second takes,
    /// and nothing is ever summed or compared across the lanes of a vector.
    /// </summary>
    /// <param name="blockRows">Queries of a block, whole panels.</param>
    /// <param name="blocks">Blocks of a head.</param>
    private readonly struct Blocks<TSimd, TVector>(Attention attention, int blockRows, int blocks) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private readonly int width = attention.size.Width;

        private static int TileRows => MicroKernel<TSimd, TVector>.Rows;

        private static int Lanes => MicroKernel<TSimd, TVector>.Columns;

        public void Run(int item, CpuWorker worker)
        {
            int block = item % blocks, head = item / blocks % attention.size.Heads, batch = item / blocks / attention.size.Heads;
            int first = block * blockRows, end = Math.Min(attention.size.Queries, first + blockRows);
            var scratch = new AttentionScratch<TSimd, TVector>(worker, blockRows, BlockKeys, width);
            for (int query = first; query < end; query += Lanes)
                PackQueries(batch, head, query, Math.Min(Lanes, end - query), scratch.Panel((query - first) / Lanes));
            for (int key = 0; key < attention.size.Keys && !worker.IsCancelled; key += BlockKeys)
            {
                int keys = Math.Min(BlockKeys, attention.size.Keys - key);
                PackKeys(batch, head, key, keys, scratch.Keys);
                PackValues(batch, head, key, keys, scratch.Values, scratch.ValueStride);
                for (int query = first; query < end; query += Lanes)
                {
                    QueryPanel<TSimd, TVector> panel = scratch.Panel((query - first) / Lanes);
                    Multiply(scratch.Keys, TileRows * width, panel.Queries, width, scratch.Scores, keys, accumulate: false);
                    if (!attention.bias.IsNull)
                        AddBias(batch, head, query, Math.Min(Lanes, end - query), key, keys, scratch);
                    panel.Softmax(scratch.Scores, keys);
                    Multiply(scratch.Values, scratch.ValueStride, scratch.Scores, keys, panel.Sums, width, accumulate: true);
                }
            }
            for (int query = first; query < end; query += Lanes)
                Finish(batch, head, query, Math.Min(Lanes, end - query), scratch.Panel((query - first) / Lanes), scratch.Staging);
        }

        // c (+)= a · b, in tiles one below the other.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Multiply(float* a, int aStride, float* b, int depth, float* c, int rows, bool accumulate)
        {
            for (int row = 0; row < rows; row += TileRows, a += aStride, c += TileRows * Lanes)
                MicroKernel<TSimd, TVector>.Run(a, b, depth, c, Lanes, accumulate);
        }

        // The scale goes to the queries, where there is least to multiply.
        public void PackQueries(int batch, int head, int query, int count, QueryPanel<TSimd, TVector> panel)
        {
            float* source = attention.q.Floats + attention.QueryOffset(batch, head, query);
            long strideBytes = attention.size.QueryStride * sizeof(float);
            int ahead = Math.Min(Lanes, attention.size.Queries - query - count);
            Panels.Prefetch(source + count * attention.size.QueryStride, strideBytes, ahead, width * sizeof(float));
            Panels.Transpose<FloatRows>(source, strideBytes, count, width, panel.Queries, Lanes);
            panel.Start(attention.scale);
        }

        private void PackKeys(int batch, int head, int key, int keys, float* panels)
        {
            long stride = attention.size.KeyStride, strideBytes = stride * sizeof(float);
            float* source = attention.k.Floats + attention.KeyOffset(batch, head, key);
            Panels.Prefetch(source, strideBytes, keys, width * sizeof(float));
            Panels.Prefetch(attention.v.Floats + attention.KeyOffset(batch, head, key), strideBytes, keys, width * sizeof(float));
            for (int i = 0; i < keys; i += TileRows, panels += TileRows * width)
                Panels.Transpose<FloatRows>(source + i * stride, strideBytes, Math.Min(TileRows, keys - i), width, panels, TileRows);
        }

        // One pass over the tokens, which may lie pages apart, with all panels written side by side.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void PackValues(int batch, int head, int key, int keys, float* panels, int panelStride)
        {
            const int Chunk = 4; // what a chunk spills into the next key's row is overwritten by it
            float* source = attention.v.Floats + attention.KeyOffset(batch, head, key);
            int chunked = LinearGrid.RoundUp(TileRows, Chunk);
            for (int i = 0; i < keys; i++, source += attention.size.KeyStride)
            {
                float* target = panels + i * TileRows;
                int j = 0;
                for (; j + chunked <= width; j += TileRows, target += panelStride)
                {
                    for (int part = 0; part < chunked; part += Chunk)
                        Vector128.Load(source + j + part).Store(target + part);
                }
                for (; j < width; j += TileRows, target += panelStride)
                {
                    for (int part = 0; part < TileRows; part++)
                        target[part] = j + part < width ? source[j + part] : 0;
                }
            }
        }

        // Masks are often the least finite number: clamped, a row of nothing else is an average, as it is in PyTorch.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void AddBias(int batch, int head, int query, int count, int key, int keys, AttentionScratch<TSimd, TVector> scratch)
        {
            float* rows = attention.bias.Floats + attention.BiasOffset(batch, head, query) + key;
            float* bias = scratch.Bias, scores = scratch.Scores;
            Panels.Transpose<FloatRows>(rows, attention.size.Keys * (long)sizeof(float), count, keys, bias, Lanes);
            TVector least = TSimd.Broadcast(float.MinValue), unit = TSimd.Broadcast(QueryPanel<TSimd, TVector>.Log2E);
            for (int i = 0; i < keys * Lanes; i += TSimd.Lanes)
                TSimd.Store(TSimd.Max(least, TSimd.MultiplyAdd(TSimd.Load(bias + i), unit, TSimd.Load(scores + i))), scores + i);
        }

        public void Finish(int batch, int head, int query, int count, QueryPanel<TSimd, TVector> panel, float* staging)
        {
            int stride = LinearGrid.RoundUp(width, Panels.Spill);
            for (int i = 0; i < count && !attention.logSumExp.IsNull; i++)
                attention.logSumExp.Floats[attention.SumOffset(batch, head, query + i)] = panel.LogSumExp(i);
            panel.Finish();
            Panels.Transpose<FloatRows>(panel.Sums, Lanes * sizeof(float), width, Lanes, staging, stride);
            for (int i = 0; i < count; i++)
            {
                var result = new Span<float>(attention.y.Floats + attention.ResultOffset(batch, head, query + i), width);
                new ReadOnlySpan<float>(staging + i * stride, width).CopyTo(result);
            }
        }
    }
}
