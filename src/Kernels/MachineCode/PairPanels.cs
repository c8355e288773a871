using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// The right factor of a product by tiles of pairs: weights [outputs, inputs] as [block][tile][step][column], an element being the pair
/// W[n][2k], W[n][2k + 1]. A tile's part of a block is read in order, and stays in the second-level cache.
/// </summary>
internal readonly unsafe struct PairPanels
{
    private const int MostSteps = 960;

    private readonly PairTiles tiles;
    private readonly int outputs, inputs;

    public PairPanels(PairTiles tiles, int outputs, int inputs)
    {
        this.tiles = tiles;
        this.outputs = outputs;
        this.inputs = inputs;
        int steps = PairTiles.Steps(inputs);
        Blocks = LinearGrid.Parts(steps, MostSteps);
        BlockSteps = Blocks == 0 ? 0 : LinearGrid.RoundUp(LinearGrid.Parts(steps, Blocks), 4);
    }

    /// <summary>Parts of the depth. Sums go on from one to the next exactly.</summary>
    public int Blocks { get; }

    /// <summary>Steps of a block but the last.</summary>
    public int BlockSteps { get; }

    /// <summary>Tiles of columns.</summary>
    public int Tiles => LinearGrid.Parts(outputs, tiles.Columns);

    /// <summary>What all take.</summary>
    public long Bytes => (long)PairTiles.Steps(inputs) * Tiles * tiles.Columns * sizeof(uint);

    /// <summary>Steps of a block.</summary>
    public int StepsOf(int block) => Math.Min(BlockSteps, PairTiles.Steps(inputs) - block * BlockSteps);

    /// <summary>Where a tile's part of a block begins.</summary>
    public byte* Panel(void* panels, int block, int tile) =>
        (byte*)panels + ((long)block * BlockSteps * Tiles + (long)tile * StepsOf(block)) * tiles.Columns * sizeof(uint);

    /// <summary>Packs one tile's columns.</summary>
    public void Pack(Elements weight, int tile, void* panels, CpuWorker worker)
    {
        int column = tile * tiles.Columns, count = Math.Min(tiles.Columns, outputs - column);
        Elements rows = weight.Slice((long)column * inputs);
        if (weight.Format == ElementFormat.BF16 && inputs % PairTiles.PairElements == 0)
        {
            for (int block = 0; block < Blocks; block++)
                Transpose((ushort*)rows.Address + block * BlockSteps * 2, inputs, count, StepsOf(block), Panel(panels, block, tile));
            return;
        }
        // Through rows of bf16, a tile high and a block deep.
        int pitch = BlockSteps * 2;
        byte* scratch = (byte*)worker.Scratch((long)pitch * (sizeof(float) + tiles.Columns * sizeof(ushort)));
        ushort* staging = (ushort*)(scratch + pitch * sizeof(float));
        for (int block = 0; block < Blocks; block++)
        {
            int first = block * pitch, depth = Math.Min(pitch, inputs - first);
            for (int row = 0; row < count; row++)
            {
                Widen.ToFloats(rows.Slice((long)row * inputs + first), (float*)scratch, depth);
                PairRounding.ToBFloat16((float*)scratch, staging + row * pitch, depth);
                if (depth % 2 != 0)
                    staging[row * pitch + depth] = 0;
            }
            Transpose(staging, pitch, count, StepsOf(block), Panel(panels, block, tile));
        }
    }

    // What is beyond the last column is never used; but it mustn't be numbers that are slow by chance.
    private void Transpose(ushort* rows, long pitch, int count, int steps, byte* panel)
    {
        if (count < tiles.Columns)
            new Span<byte>(panel, steps * tiles.Columns * sizeof(uint)).Clear();
        Panels.Transpose<FloatRows>(rows, pitch * sizeof(ushort), count, steps, (float*)panel, tiles.Columns);
    }
}
