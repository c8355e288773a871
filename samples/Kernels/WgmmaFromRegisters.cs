using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>C = A·Bᵀ for one 64×64 tile with A in registers, as each thread's share lies in memory, and B by TMA.</summary>
/// <param name="a">[64, 64]</param> <param name="b">[64, 64] bf16, box 64×64, 128-byte swizzle</param> <param name="c">[64, 64]</param>
[KernelName("wgmma_a_in_registers")]
public readonly struct WgmmaFromRegisters(View<BFloat16> a, TensorMap b, View<float> c) : IKernel
{
    private const int Tile = 64, TileBytes = Tile * Tile * 2, Depths = Tile / 16, DepthBytes = 32;

    public static Block Block => new(128);

    public void Run()
    {
        uint tile = Shared.Array<BFloat16>(Tile * Tile, 1024).Address;
        MBarrier full = MBarrier.Array(1);
        int warp = Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        if (Block.ThreadX == 0)
        {
            full.Initialize(1);
            MBarrier.FenceInitialization();
            full.ArriveExpecting(TileBytes);
            Tma.Load(tile, b, full, 0, 0);
        }
        Registers<MatrixA<BFloat16>> left = Registers.Of<MatrixA<BFloat16>>(Depths);
        for (int depth = 0; depth < Depths; depth++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = warp * 16 + lane / 4 + i % 2 * 8, column = depth * 16 + lane % 4 * 2 + i / 2 * 8;
                left[depth][i] = a.As<uint>()[(row * Tile + column) / 2];
            }
        }
        Sum64x64 sum = default;
        Block.Sync();
        full.Wait(0);
        Wgmma.Fence();
        for (int depth = 0; depth < Depths; depth++)
            Wgmma.Multiply(ref sum, left[depth], Wgmma.Swizzled128(tile + (uint)(depth * DepthBytes)), true);
        Wgmma.Commit();
        Wgmma.Wait(0);
        WgmmaTile.Store(c, Tile, in sum);
    }
}
