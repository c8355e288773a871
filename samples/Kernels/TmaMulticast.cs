using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>Each of two blocks loads half a tile into both: rank 0 the rows from 0 on, rank 1 those from 32 on.</summary>
/// <remarks>
/// A block may end before its peer does: it has waited for all the bytes that come to it, and its own load reads nothing of its memory.
/// </remarks>
/// <param name="a">[64, 64] bf16, box 64×32</param> <param name="y">[2, 64, 64]</param>
[KernelName("tma_multicast")]
public readonly struct TmaMulticast(TensorMap a, View<BFloat16> y) : IKernel
{
    private const int Tile = 64, Items = Tile * Tile, HalfBytes = Items;
    private const ushort BothBlocks = 3;

    public static Block Block => new(64);

    public static Block ClusterShape => new(2);

    public void Run()
    {
        Shared<BFloat16> tile = Shared.Array<BFloat16>(Items, 1024);
        MBarrier full = MBarrier.Array(1);
        uint rank = Cluster.Rank;
        if (Block.ThreadX == 0)
        {
            full.Initialize(1);
            MBarrier.FenceInitialization();
            full.ArriveExpecting(2 * HalfBytes);
        }
        Cluster.Sync();
        if (Block.ThreadX == 0)
            Tma.LoadMulticast(tile.Address + rank * HalfBytes, a, full, 0, (int)rank * (Tile / 2), BothBlocks);
        full.Wait(0);
        for (int i = Block.ThreadX; i < Items; i += Block.SizeX)
            y[Grid.BlockX * Items + i] = tile[i];
    }
}
