using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels;

/// <summary>
/// A CTA turns a tile: threads follow the source while they load, the result while they store. A word of either size has a bank of shared
/// memory.
/// </summary>
/// <param name="x">The source.</param>
/// <param name="y">The result.</param>
/// <param name="plan">Where words lie.</param>
[KernelName("permute")]
internal readonly unsafe struct PermuteTileKernel(byte* x, byte* y, PermuteCudaPlan plan) : IKernel
{
    private const int Side = PermuteCudaPlan.Side, Threads = 256, Warps = Threads / Side, Loads = Side / Warps;
    private const int Pitch = Side + 1; // so that neither way two threads meet in a bank

    /// <inheritdoc/>
    public static Block Block => new(Threads);

    /// <inheritdoc/>
    public void Run()
    {
        Shared<uint> tile = Shared.Array<uint>(Side * Pitch);
        int lane = Block.ThreadX % Side, warp = Block.ThreadX / Side;
        int firstRow = Grid.BlockX * Side, firstColumn = Grid.BlockY * Side;
        (long source, long result) = plan.Others.At(Grid.BlockZ);
        byte* from = x + (source + firstRow + lane) * plan.WordBytes, to = y + (result + firstColumn + lane) * plan.WordBytes;
        Registers<uint> words = Registers.Of<uint>(Loads);
        for (int i = 0; i < Loads; i++)
        {
            int column = firstColumn + warp + i * Warps;
            if (firstRow + lane < plan.Rows.Count && column < plan.Columns.Count)
                words[i] = Read(from, plan.Columns.At(column));
        }
        for (int i = 0; i < Loads; i++)
            tile[(warp + i * Warps) * Pitch + lane] = words[i];
        Block.Sync();
        for (int i = 0; i < Loads; i++)
        {
            int row = firstRow + warp + i * Warps;
            if (firstColumn + lane < plan.Columns.Count && row < plan.Rows.Count)
                Write(to, plan.Rows.At(row), tile[lane * Pitch + warp + i * Warps]);
        }
    }

    private uint Read(byte* from, int index) => plan.WordBytes == sizeof(ushort) ? ((ushort*)from)[index] : ((uint*)from)[index];

    private void Write(byte* to, int index, uint word)
    {
        if (plan.WordBytes == sizeof(ushort))
            ((ushort*)to)[index] = (ushort)word;
        else
            ((uint*)to)[index] = word;
    }
}
