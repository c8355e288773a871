using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear
{
    /// <summary>
    /// One to three products of one x with weights of one size, both rounded to bf16, with fp32 sums: each a chain over all inputs, so that
    /// no cut shows in it. Weights are packed first, then rows of x are rounded some thousands at a time; all threads share both, and the
    /// tiles of all products.
    /// </summary>
    internal readonly struct PairProducts
    {
        private const int ChunkRows = 2048; // of x, rounded at a time: so many that packed weights are seldom read from memory again
        private const int Line = 64;

        private readonly Linear first, second, third;

        public PairProducts(in Linear only) : this(only, default, default) => Count = 1;

        public PairProducts(in Linear first, in Linear second, in Linear third)
        {
            (this.first, this.second, this.third) = (first, second, third);
            Count = 3;
        }

        /// <summary>How many products.</summary>
        public int Count { get; private init; }

        /// <summary>For packed weights and rounded rows.</summary>
        public long Bytes
        {
            get
            {
                if (!PairTiles.AreHere)
                    return 0;
                PairTiles tiles = PairTiles.Here;
                return Count * PanelBytes(tiles) + Math.Min(first.rows, ChunkRows) * tiles.RowBytes(first.inputs);
            }
        }

        private long PanelBytes(PairTiles tiles) =>
            (new PairPanels(tiles, first.outputs, first.inputs).Bytes + Line - 1) / Line * Line;

        /// <summary>Computes all.</summary>
        /// <param name="threads">Who.</param>
        /// <param name="workspace">As much memory as <see cref="Bytes"/> says.</param>
        public void Run(CpuThreads threads, void* workspace)
        {
            if (first.outputs == 0 || first.rows == 0)
                return;
            PairTiles tiles = PairTiles.Here;
            var panels = new PairPanels(tiles, first.outputs, first.inputs);
            byte* rounded = (byte*)workspace + Count * PanelBytes(tiles);
            threads.For(Count * panels.Tiles, new PackedTiles(this, panels, (byte*)workspace, PanelBytes(tiles)));
            for (long row = 0; row < first.rows; row += ChunkRows)
            {
                PairProducts chunk = Part(row, Math.Min(ChunkRows, first.rows - row));
                threads.For(RowBlocks.Count(chunk.first.rows, first.inputs), new RoundedRows(chunk.first, tiles, rounded));
                var grid = new PairGrid(tiles, chunk.first.Rows, panels.Tiles, Count, threads.Count);
                var operands = new PairOperands(tiles, panels, grid, (byte*)workspace, PanelBytes(tiles), rounded);
                if (tiles.VectorBytes == 64)
                    threads.For(grid.Count, new PairBlocks<Simd512, Vector512<float>>(chunk, operands));
                else
                    threads.For(grid.Count, new PairBlocks<Simd256, Vector256<float>>(chunk, operands));
            }
        }

        private Linear this[int product] => product switch
        {
            0 => first,
            1 => second,
            _ => third,
        };

        private PairProducts Part(long row, long count) => new(first.Part(row, count), Other(second, row, count), Other(third, row, count))
        {
            Count = Count,
        };

        private static Linear Other(in Linear product, long row, long count) => product.rows == 0 ? product : product.Part(row, count);

        private readonly struct PackedTiles(PairProducts products, PairPanels panels, byte* packed, long panelBytes) : IParallelBody
        {
            public void Run(int item, CpuWorker worker)
            {
                (int product, int tile) = Math.DivRem(item, panels.Tiles);
                panels.Pack(products[product].weight, tile, packed + product * panelBytes, worker);
            }
        }

        private readonly struct RoundedRows(Linear linear, PairTiles tiles, byte* rounded) : IParallelBody
        {
            public void Run(int item, CpuWorker worker)
            {
                (long row, long end) = RowBlocks.Range(item, linear.rows, linear.inputs);
                for (; row < end; row++)
                {
                    PairRounding.Row(
                        tiles, linear.x.Floats + row * linear.inputs, linear.inputs, rounded + row * tiles.RowBytes(linear.inputs));
                }
            }
        }

        private readonly struct PairBlocks<TSimd, TVector>(PairProducts products, PairOperands operands) : IParallelBody
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            public void Run(int item, CpuWorker worker)
            {
                (int product, PairBlock block) = operands.Grid[item];
                Linear linear = products[product];
                int columns = operands.Tiles.Columns, column = block.Tile * columns;
                int columnEnd = Math.Min(linear.outputs, block.TileEnd * columns);
                float* bias = (float*)worker.Scratch(sizeof(float) * (columnEnd - column + operands.Tiles.MostRows * (long)columns));
                float* edge = bias + (columnEnd - column);
                operands.Multiply(block, product, linear.inputs, linear.y.Floats, linear.outputs, edge, worker);
                var finish = new Finisher<TSimd, TVector>(linear, bias, column);
                finish.WidenBias(columnEnd - column);
                int row = operands.Grid.Row(block.RowTile);
                finish.Apply(row, operands.Grid.Row(block.RowTileEnd) - row, column, columnEnd);
            }
        }
    }

    /// <inheritdoc/>
    public static bool HasCpuBf16 => true;

    /// <inheritdoc/>
    public void RunCpuBf16(CpuThreads threads) => new PairProducts(this).Run(threads, threads.Workspace);
}
