using CogVideoX.Kernels.Devices;
using CogVideoX.Kernels.Simd;

namespace CogVideoX.Kernels.MachineCode;

/// <summary>
/// The right factor of a product by tiles: weights [outputs, inputs] as [block][tile][step][column], an element being a float, or the pair
/// W[n][2k], W[n][2k + 1] of bf16. A tile's part of a block is read in order, and stays in the second-level cache.
/// </summary>
internal readonly unsafe struct CpuPanels
{
    private const int MostSteps = 960;

    private readonly CpuTiles tiles;
    private readonly int outputs, inputs;

    public CpuPanels(CpuTiles tiles, int outputs, int inputs)
    {
        this.tiles = tiles;
        this.outputs = outputs;
        this.inputs = inputs;
        int steps = tiles.Steps(inputs);
        Blocks = LinearGrid.Parts(steps, MostSteps);
        BlockSteps = Blocks == 0 ? 0 : LinearGrid.RoundUp(LinearGrid.Parts(steps, Blocks), TileForm.AmxSteps);
    }

    /// <summary>Parts of the depth. Sums go on from one to the next exactly.</summary>
    public int Blocks { get; }

    /// <summary>Steps of a block but the last.</summary>
    public int BlockSteps { get; }

    /// <summary>Tiles of columns.</summary>
    public int Tiles => LinearGrid.Parts(outputs, tiles.Columns);

    /// <summary>What all take.</summary>
    public long Bytes => (long)tiles.Steps(inputs) * Tiles * tiles.Columns * sizeof(uint);

    /// <summary>Steps of a block.</summary>
    public int StepsOf(int block) => Math.Min(BlockSteps, tiles.Steps(inputs) - block * BlockSteps);

    /// <summary>Where a tile's part of a block begins.</summary>
    public byte* Panel(void* panels, int block, int tile) =>
        (byte*)panels + ((long)block * BlockSteps * Tiles + (long)tile * StepsOf(block)) * tiles.Columns * sizeof(uint);

    /// <summary>Packs one tile's columns.</summary>
    public void Pack(Elements weight, int tile, void* panels, CpuWorker worker)
    {
        int column = tile * tiles.Columns, count = Math.Min(tiles.Columns, outputs - column);
        Elements rows = weight.Slice((long)column * inputs);
        for (int block = 0; block < Blocks; block++)
        {
            int first = block * BlockSteps * tiles.StepElements, depth = Math.Min(BlockSteps * tiles.StepElements, inputs - first);
            byte* panel = Panel(panels, block, tile);
            // Columns that aren't there are never used, but mustn't be slow by chance; steps that only fill up are zeros.
            if (count < tiles.Columns || StepsOf(block) * tiles.StepElements > depth)
                new Span<byte>(panel, StepsOf(block) * tiles.Columns * sizeof(uint)).Clear();
            if (tiles.IsByPairs)
                PackPairs(rows.Slice(first), count, depth, panel, worker);
            else
                PackFloats(rows.Slice(first), count, depth, panel, worker);
        }
    }

    private void PackPairs(Elements rows, int count, int depth, byte* panel, CpuWorker worker)
    {
        if (rows.Format == ElementFormat.BF16 && inputs % CpuTiles.PairElements == 0)
        {
            Transpose<FloatRows>(rows.Address, inputs * (long)sizeof(ushort), count, depth / CpuTiles.PairElements, panel);
            return;
        }
        int pitch = tiles.Steps(depth) * CpuTiles.PairElements;
        float* wide = (float*)worker.Scratch((long)pitch * (sizeof(float) + count * sizeof(ushort)));
        ushort* rounded = (ushort*)(wide + pitch);
        for (int row = 0; row < count; row++)
        {
            Widen.ToFloats(rows.Slice((long)row * inputs), wide, depth);
            PairRounding.ToBFloat16(wide, rounded + row * pitch, depth);
            new Span<ushort>(rounded + row * pitch + depth, pitch - depth).Clear();
        }
        Transpose<FloatRows>(rounded, pitch * (long)sizeof(ushort), count, tiles.Steps(depth), panel);
    }

    private void PackFloats(Elements rows, int count, int depth, byte* panel, CpuWorker worker)
    {
        switch (rows.Format)
        {
            case ElementFormat.F32:
                Transpose<FloatRows>(rows.Address, inputs * (long)sizeof(float), count, depth, panel);
                break;
            case ElementFormat.BF16:
                Transpose<BFloat16Rows>(rows.Address, inputs * (long)sizeof(ushort), count, depth, panel);
                break;
            case ElementFormat.F16:
                Transpose<HalfRows>(rows.Address, inputs * (long)sizeof(ushort), count, depth, panel);
                break;
            default:
                float* wide = (float*)worker.Scratch((long)count * depth * sizeof(float));
                for (int row = 0; row < count; row++)
                    Widen.ToFloats(rows.Slice((long)row * inputs), wide + row * depth, depth);
                Transpose<FloatRows>(wide, depth * (long)sizeof(float), count, depth, panel);
                break;
        }
    }

    private void Transpose<TRows>(void* rows, long strideBytes, int count, int depth, byte* panel) where TRows : struct, IStoredRows =>
        Panels.Transpose<TRows>(rows, strideBytes, count, depth, (float*)panel, tiles.Columns);
}
