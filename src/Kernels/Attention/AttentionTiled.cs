using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Attention
{
    /// <summary>
    /// Keys, and values transposed, as the left factors of products by tiles: [batch][head][block], in each block the keys [keys][width],
    /// then the values [width][keys].
    /// </summary>
    private readonly struct TiledHeads
    {
        private readonly AttentionSize size;

        public TiledHeads(CpuTiles tiles, AttentionSize size)
        {
            this.size = size;
            KeyBytes = LinearGrid.RoundUp(tiles.Steps(size.Width) * tiles.StepBytes, 16);
            ValueBytes = tiles.RowBytes(BlockKeys);
        }

        /// <summary>From a key to the next.</summary>
        public int KeyBytes { get; }

        /// <summary>From a column of values to the next.</summary>
        public int ValueBytes { get; }

        /// <summary>Blocks of a head.</summary>
        public int Blocks => LinearGrid.Parts(size.Keys, BlockKeys);

        /// <summary>Blocks of all heads.</summary>
        public int Count => checked(size.Batch * size.Heads * Blocks);

        /// <summary>What all take.</summary>
        public long Bytes => checked((long)size.Batch * size.Heads * Blocks * BlockBytes);

        private long BlockBytes => ((long)BlockKeys * KeyBytes + (long)size.Width * ValueBytes + 63) / 64 * 64;

        public byte* Keys(void* heads, int head, int block) => (byte*)heads + (head * (long)Blocks + block) * BlockBytes;

        public byte* Values(void* heads, int head, int block) => Keys(heads, head, block) + (long)BlockKeys * KeyBytes;
    }

    private readonly struct TiledPacking(Attention attention, CpuTiles tiles, TiledHeads heads, byte* packed) : IParallelBody
    {
        private const int Ahead = 16; // keys that are asked for before they are read: heads lie pages apart

        public void Run(int item, CpuWorker worker)
        {
            AttentionSize size = attention.size;
            (int head, int block) = Math.DivRem(item, heads.Blocks);
            int first = block * BlockKeys, count = Math.Min(BlockKeys, size.Keys - first);
            long offset = attention.KeyOffset(head / size.Heads, head % size.Heads, first);
            float* key = attention.k.Floats + offset, value = attention.v.Floats + offset;
            byte* keys = heads.Keys(packed, head, block);
            for (int i = 0; i < count; i++)
            {
                int ahead = Math.Min(i + Ahead, count - 1);
                Panels.Prefetch(key + ahead * size.KeyStride, 0, 1, size.Width * sizeof(float));
                Panels.Prefetch(value + i * size.KeyStride, 0, 1, size.Width * sizeof(float));
                PairRounding.Row(tiles, key + i * size.KeyStride, size.Width, keys + (long)i * heads.KeyBytes);
            }
            float* values = (float*)heads.Values(packed, head, block), rows = value;
            int columns = count, pitch = heads.ValueBytes / sizeof(float);
            long stride = size.KeyStride;
            if (tiles.IsRounded)
            {
                rows = (float*)worker.Scratch((BlockKeys + 1) * (long)size.Width * sizeof(float));
                stride = size.Width;
            }
            if (tiles.IsRounded && !tiles.IsWidened)
            {
                Pair(value, count, rows);
                columns = LinearGrid.Parts(count, CpuTiles.PairElements);
            }
            else if (tiles.IsRounded)
            {
                for (int i = 0; i < count; i++)
                    PairRounding.ToFloats(value + i * size.KeyStride, rows + i * size.Width, size.Width);
            }
            new Span<float>(values, size.Width * pitch).Clear();
            Panels.Transpose<FloatRows>(rows, stride * sizeof(float), columns, size.Width, values, pitch);
        }

        // [keys / 2][width], an element being the pair of two keys' numbers.
        private void Pair(float* value, int count, float* pairs)
        {
            int width = attention.size.Width;
            for (int i = 0; i < count; i += 2, value += 2 * attention.size.KeyStride, pairs += width)
            {
                bool isWhole = i + 1 < count;
                float* odd = isWhole ? value + attention.size.KeyStride : value;
                uint mask = isWhole ? uint.MaxValue : 0xFFFF;
                int j = 0;
                for (; j + 8 <= width; j += 8)
                {
                    Vector256<uint> both = PairRounding.Pairs(Vector256.Load(value + j), Vector256.Load(odd + j));
                    (both & Vector256.Create(mask)).AsSingle().Store(pairs + j);
                }
                for (; j < width; j++)
                    ((uint*)pairs)[j] = (Shorten.ToBFloat16(value[j]) | ((uint)Shorten.ToBFloat16(odd[j]) << 16)) & mask;
            }
        }
    }

    /// <summary>
    /// As <see cref="Blocks{TSimd, TVector}"/>, with both products by generated micro-kernels, in bf16 where they round: a vector holds one
    /// key's scores for as many queries; softmax and sums are plain.
    /// </summary>
    private readonly struct TiledBlocks<TSimd, TVector>(
        Attention attention, CpuTiles tiles, TiledHeads heads, byte* packed, int blockRows, int blocks) : IParallelBody
        where TSimd : struct, ISimd<TVector>
        where TVector : unmanaged
    {
        private readonly int width = attention.size.Width;

        private static int Lanes => MicroKernel<TSimd, TVector>.Columns;

        public void Run(int item, CpuWorker worker)
        {
            int block = item % blocks, index = item / blocks, head = index % attention.size.Heads, batch = index / attention.size.Heads;
            int first = block * blockRows, end = Math.Min(attention.size.Queries, first + blockRows);
            var scratch = new AttentionScratch<TSimd, TVector>(worker, blockRows, BlockKeys, width);
            var plain = new Blocks<TSimd, TVector>(attention, blockRows, blocks);
            for (int query = first; query < end; query += Lanes)
            {
                QueryPanel<TSimd, TVector> panel = scratch.Panel((query - first) / Lanes);
                plain.PackQueries(batch, head, query, Math.Min(Lanes, end - query), panel);
                if (tiles.IsRounded)
                    panel.PairQueries(tiles.Steps(width));
            }
            var sums = new TileColumn(tiles, width, heads.ValueBytes, Lanes * sizeof(float));
            for (int part = 0; part < heads.Blocks && !worker.IsCancelled; part++)
            {
                int key = part * BlockKeys, keys = Math.Min(BlockKeys, attention.size.Keys - key);
                byte* left = heads.Keys(packed, index, part), values = heads.Values(packed, index, part);
                var scores = new TileColumn(tiles, keys, heads.KeyBytes, Lanes * sizeof(float));
                for (int query = first; query < end; query += Lanes)
                {
                    QueryPanel<TSimd, TVector> panel = scratch.Panel((query - first) / Lanes);
                    Multiply(scores, left, heads.KeyBytes, panel.Queries, tiles.Steps(width), scratch.Scores, accumulate: 0);
                    if (!attention.bias.IsNull)
                        plain.AddBias(batch, head, query, Math.Min(Lanes, end - query), key, keys, scratch);
                    if (tiles.IsRounded)
                        panel.SoftmaxPairs(scratch.Scores, keys, tiles.Steps(keys));
                    else
                        panel.Softmax(scratch.Scores, keys);
                    Multiply(sums, values, heads.ValueBytes, scratch.Scores, tiles.Steps(keys), panel.Sums, accumulate: 1);
                }
            }
            for (int query = first; query < end; query += Lanes)
                plain.Finish(batch, head, query, Math.Min(Lanes, end - query), scratch.Panel((query - first) / Lanes), scratch.Staging);
        }

        // c (+)= a · b
        private static void Multiply(TileColumn column, byte* a, int rowBytes, float* b, int steps, float* c, int accumulate)
        {
            var arguments = new TileArguments { Right = (byte*)b, Steps = steps, Accumulate = accumulate };
            for (int tile = 0; tile < column.Count; tile++)
            {
                int row = column.Row(tile);
                arguments.Left = a + (long)row * rowBytes;
                arguments.Result = c + row * Lanes;
                column.Run(tile, &arguments);
            }
        }
    }
}
