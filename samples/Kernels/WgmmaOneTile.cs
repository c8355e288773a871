using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>C = A·Bᵀ for one 64×64 tile: TMA brings 64 of K at a time, a warpgroup multiplies.</summary>
/// <param name="a">[64, k] bf16, box 64×64, 128-byte swizzle</param> <param name="b">[64, k], likewise</param>
/// <param name="c">[64, 64]</param>
/// <param name="k">a multiple of 64</param>
[KernelName("wgmma_one_tile")]
public readonly struct WgmmaOneTile(TensorMap a, TensorMap b, View<float> c, int k) : IKernel
{
    private const int Tile = 64, TileBytes = Tile * Tile * 2, Depth = 16, DepthBytes = Depth * 2;

    public static Block Block => new(128);

    public void Run()
    {
        uint tileA = Shared.Array<BFloat16>(Tile * Tile, 1024).Address, tileB = Shared.Array<BFloat16>(Tile * Tile, 1024).Address;
        MBarrier full = MBarrier.Array(1);
        if (Block.ThreadX == 0)
        {
            full.Initialize(1);
            MBarrier.FenceInitialization();
        }
        Block.Sync();
        Sum64x64 sum = default;
        for (int step = 0; step < k / Tile; step++)
        {
            if (Block.ThreadX == 0)
            {
                full.ArriveExpecting(2 * TileBytes);
                Tma.Load(tileA, a, full, step * Tile, 0);
                Tma.Load(tileB, b, full, step * Tile, 0);
            }
            full.Wait(step & 1);
            Wgmma.Fence();
            for (uint depth = 0; depth < Tile / Depth; depth++)
            {
                Wgmma.Multiply(
                    ref sum, Wgmma.Swizzled128(tileA + depth * DepthBytes), Wgmma.Swizzled128(tileB + depth * DepthBytes), true);
            }
            Wgmma.Commit();
            Wgmma.Wait(0);
            Block.Sync();
        }
        WgmmaTile.Store(c, Tile, in sum);
    }
}
