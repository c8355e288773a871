using System.Runtime.Intrinsics;
using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.MachineCode;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels;

internal readonly unsafe partial struct Linear
{
    /// <summary>
    /// One to three products of one x with weights of one size by generated micro-kernels, each sum a chain over all inputs, so that no
    /// cut shows in it. Weights are packed first; in bf16 rows of x are rounded, some thousands at a time; all threads share both, and the
    /// tiles of all products.
    /// </summary>
    internal readonly struct TiledProducts
    {
        private const int ChunkRows = 2048; // of x: so many that packed weights are seldom read from memory again
        private const int Line = 64;

        private readonly Linear first, second, third;
        private readonly DeviceKind kind;

        public TiledProducts(in Linear only, DeviceKind kind) : this(only, default, default, kind) => Count = 1;

        public TiledProducts(in Linear first, in Linear second, in Linear third, DeviceKind kind)
        {
            (this.first, this.second, this.third) = (first, second, third);
            this.kind = kind;
            Count = 3;
        }

        /// <summary>How many products.</summary>
        public int Count { get; private init; }

        /// <summary>
        /// Whether they are computed so: where there is enough to compute that packed weights pay, and the processor has the instructions.
        /// Products of few rows cost what reading their weights costs, and are fp32 in any case.
        /// </summary>
        public bool AreTiled => first.rows > FewRows && (kind != DeviceKind.Cpu || CpuTiles.AreHere);

        /// <summary>
        /// For packed weights and rounded rows: also where weights are kept elsewhere, as a plan can't tell, and nobody writes to it then.
        /// </summary>
        public long Bytes
        {
            get
            {
                if (!AreTiled || !CpuTiles.AreHere)
                    return 0;
                CpuTiles tiles = Tiles;
                return Count * PanelBytes(tiles)
                    + (tiles.IsRounded ? Math.Min(first.rows, ChunkRows) * tiles.RowBytes(first.inputs) : 0);
            }
        }

        /// <summary>Bytes of one product's packed weights.</summary>
        public long KeptBytes => AreTiled && CpuTiles.AreHere ? PanelBytes(Tiles) : 0;

        /// <summary>Tiles to try; null for those of this processor.</summary>
        public CpuTiles? Chosen { get; init; }

        // Pairs of bf16 are half the memory to read, and are widened for nothing.
        private CpuTiles Tiles => Chosen ?? TunedTiles.Here.Over(kind != DeviceKind.Cpu
            ? CpuTiles.For(kind)
            : CpuTiles.Fp32(byPairs: first.inputs % CpuTiles.PairElements == 0 && AreBFloat16));

        private bool AreBFloat16 => first.weight.Format == ElementFormat.BF16
            && (Count == 1 || (second.weight.Format == ElementFormat.BF16 && third.weight.Format == ElementFormat.BF16));

        private long PanelBytes(CpuTiles tiles) =>
            (new CpuPanels(tiles, first.outputs, first.inputs).Bytes + Line - 1) / Line * Line;

        /// <summary>Computes all.</summary>
        /// <param name="threads">Who.</param>
        /// <param name="workspace">As much memory as <see cref="Bytes"/> says.</param>
        public void Run(CpuThreads threads, void* workspace)
        {
            if (first.outputs == 0 || first.rows == 0)
                return;
            CpuTiles tiles = Tiles;
            var panels = new CpuPanels(tiles, first.outputs, first.inputs);
            byte* rounded = (byte*)workspace + Count * PanelBytes(tiles);
            var packed = new PackedWeights(this, (byte*)workspace, PanelBytes(tiles));
            threads.For(packed.Missing * panels.Tiles, new PackedTiles(this, panels, packed));
            for (int i = 0; i < Count; i++)
            {
                if (this[i].Kept is not null)
                    this[i].Kept->ArePacked = true;
            }
            for (long row = 0; row < first.rows; row += ChunkRows)
            {
                TiledProducts chunk = Part(row, Math.Min(ChunkRows, first.rows - row));
                if (tiles.IsRounded)
                    threads.For(RowBlocks.Count(chunk.first.rows, first.inputs), new RoundedRows(chunk.first, tiles, rounded));
                var grid = new CpuGrid(tiles, chunk.first.Rows, panels.Tiles, Count, threads.Count);
                byte* left = tiles.IsRounded ? rounded : (byte*)chunk.first.x.Floats;
                int rowBytes = tiles.IsRounded ? tiles.RowBytes(first.inputs) : first.inputs * sizeof(float);
                var operands = new CpuOperands(tiles, panels, grid, left, rowBytes);
                if (tiles.VectorBytes == 64)
                    threads.For(grid.Count, new TiledBlocks<Simd512, Vector512<float>>(chunk, operands, packed));
                else
                    threads.For(grid.Count, new TiledBlocks<Simd256, Vector256<float>>(chunk, operands, packed));
            }
        }

        private Linear this[int product] => product switch
        {
            0 => first,
            1 => second,
            _ => third,
        };

        private TiledProducts Part(long row, long count) =>
            new(first.Part(row, count), Other(second, row, count), Other(third, row, count), kind) { Count = Count, Chosen = Chosen };

        private static Linear Other(in Linear product, long row, long count) => product.rows == 0 ? product : product.Part(row, count);

        /// <summary>Where each product's packed weights are, and which are still to be packed.</summary>
        private readonly struct PackedWeights
        {
            private readonly byte* first, second, third;
            private readonly int missing0, missing1, missing2;

            public PackedWeights(in TiledProducts products, byte* workspace, long panelBytes)
            {
                Span<nint> places = stackalloc nint[3];
                Span<int> missing = stackalloc int[3];
                for (int i = 0; i < products.Count; i++)
                {
                    KeptPanels* kept = products[i].Kept;
                    places[i] = (nint)(kept is null ? workspace : kept->Memory);
                    workspace += kept is null ? panelBytes : 0;
                    if (kept is null || !kept->ArePacked)
                        missing[Missing++] = i;
                }
                first = (byte*)places[0];
                second = (byte*)places[1];
                third = (byte*)places[2];
                (missing0, missing1, missing2) = (missing[0], missing[1], missing[2]);
            }

            /// <summary>How many are to be packed.</summary>
            public int Missing { get; }

            /// <summary>A product's.</summary>
            public byte* this[int product] => product == 0 ? first : product == 1 ? second : third;

            /// <summary>The product that is to be packed.</summary>
            public int MissingAt(int index) => index == 0 ? missing0 : index == 1 ? missing1 : missing2;
        }

        private readonly struct PackedTiles(TiledProducts products, CpuPanels panels, PackedWeights packed) : IParallelBody
        {
            public void Run(int item, CpuWorker worker)
            {
                (int index, int tile) = Math.DivRem(item, panels.Tiles);
                int product = packed.MissingAt(index);
                panels.Pack(products[product].weight, tile, packed[product], worker);
            }
        }

        private readonly struct RoundedRows(Linear linear, CpuTiles tiles, byte* rounded) : IParallelBody
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

        private readonly struct TiledBlocks<TSimd, TVector>(TiledProducts products, CpuOperands operands, PackedWeights packed)
            : IParallelBody
            where TSimd : struct, ISimd<TVector>
            where TVector : unmanaged
        {
            public void Run(int item, CpuWorker worker)
            {
                (int product, CpuBlock block) = operands.Grid[item];
                Linear linear = products[product];
                int columns = operands.Tiles.Columns, column = block.Tile * columns;
                int columnEnd = Math.Min(linear.outputs, block.TileEnd * columns);
                float* bias = (float*)worker.Scratch(sizeof(float) * (columnEnd - column + operands.Tiles.MostRows * (long)columns));
                float* edge = bias + (columnEnd - column);
                operands.Multiply(block, packed[product], linear.y.Floats, linear.outputs, edge, worker);
                var finish = new Finisher<TSimd, TVector>(linear, bias, column);
                finish.WidenBias(columnEnd - column);
                int row = operands.Grid.Row(block.RowTile);
                finish.Apply(row, operands.Grid.Row(block.RowTileEnd) - row, column, columnEnd);
            }
        }
    }

    /// <summary>The fast form with its workspace elsewhere.</summary>
    internal void RunCpu(CpuThreads threads, void* workspace)
    {
        var tiled = new TiledProducts(this, threads.Kind);
        if (tiled.AreTiled)
            tiled.Run(threads, workspace);
        else
            WidestVectors.Run(this, threads);
    }
}
