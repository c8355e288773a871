using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>
/// C = A·Bᵀ in 128×64 tiles: a warpgroup that only loads (TMA) feeds two that multiply, through a ring of three stages; stmatrix and a TMA
/// store at the end. Each of the eight consumer warps releases a stage itself: its wait speaks for that warp only.
/// </summary>
/// <param name="a">[m, k] bf16, box 64×64, 128-byte swizzle</param> <param name="b">[n, k], likewise</param>
/// <param name="c">[m, n] bf16, box 64×64</param>
/// <param name="k">a multiple of 64</param>
[KernelName("wgmma_specialised")]
public readonly struct WgmmaSpecialised(TensorMap a, TensorMap b, TensorMap c, int k) : IKernel
{
    private const int Stages = 3, Tile = 64, TileBytes = Tile * Tile * 2, StageBytes = 3 * TileBytes, Warpgroup = 128, ConsumerWarps = 8;
    private const int Depth = 16, DepthBytes = Depth * 2, ProducerRegisters = 40, ConsumerRegisters = 152;

    public static Block Block => new(3 * Warpgroup);

    public static int MinimumCtas => 1;

    public void Run()
    {
        uint stages = (Shared.Dynamic<byte>().Address + 1023) & ~1023u;
        MBarrier full = MBarrier.Array(Stages), empty = MBarrier.Array(Stages);
        if (Block.ThreadX == 0)
        {
            for (int i = 0; i < Stages; i++)
            {
                full[i].Initialize(1);
                empty[i].Initialize(ConsumerWarps);
            }
            MBarrier.FenceInitialization();
        }
        Block.Sync();
        int group = Block.ThreadX / Warpgroup, steps = k / Tile;
        if (group == 0)
        {
            Wgmma.ReleaseRegisters(ProducerRegisters);
            if (Block.ThreadX == 0)
                Produce(stages, full, empty, steps);
        }
        else
        {
            Wgmma.TakeRegisters(ConsumerRegisters);
            Sum64x64 sum = default;
            Consume(stages, full, empty, steps, group - 1, ref sum);
            Store(stages + Stages * StageBytes + (uint)((group - 1) * TileBytes), group, in sum);
        }
    }

    private void Produce(uint stages, MBarrier full, MBarrier empty, int steps)
    {
        int row = Grid.BlockY * 2 * Tile, column = Grid.BlockX * Tile;
        for (int step = 0; step < steps; step++)
        {
            int stage = step % Stages;
            if (step >= Stages)
                empty[stage].Wait((step / Stages - 1) & 1);
            uint at = stages + (uint)(stage * StageBytes);
            full[stage].ArriveExpecting(StageBytes);
            Tma.Load(at, a, full[stage], step * Tile, row);
            Tma.Load(at + TileBytes, a, full[stage], step * Tile, row + Tile);
            Tma.Load(at + 2 * TileBytes, b, full[stage], step * Tile, column);
        }
    }

    private static void Consume(uint stages, MBarrier full, MBarrier empty, int steps, int half, ref Sum64x64 sum)
    {
        for (int step = 0; step < steps; step++)
        {
            int stage = step % Stages;
            full[stage].Wait((step / Stages) & 1);
            uint tileA = stages + (uint)(stage * StageBytes + half * TileBytes);
            uint tileB = stages + (uint)(stage * StageBytes + 2 * TileBytes);
            Wgmma.Fence();
            for (uint depth = 0; depth < Tile / Depth; depth++)
            {
                Wgmma.Multiply(
                    ref sum, Wgmma.Swizzled128(tileA + depth * DepthBytes), Wgmma.Swizzled128(tileB + depth * DepthBytes), true);
            }
            Wgmma.Commit();
            Wgmma.Wait(0);
            if (Block.ThreadX % Warp.Size == 0)
                empty[stage].Arrive();
        }
    }

    /// <summary>Registers to shared memory (unswizzled), and from there the tensor memory accelerator takes it.</summary>
    private void Store(uint tile, int group, in Sum64x64 sum)
    {
        int thread = Block.ThreadX % Warpgroup, warp = thread / Warp.Size, lane = thread % Warp.Size;
        for (int j = 0; j < 8; j += 2)
        {
            MatrixA<BFloat16> tiles = default;
            for (int i = 0; i < 4; i++)
            {
                int first = (j + i / 2) * 4 + i % 2 * 2;
                tiles[i] = BFloat16x2.From(sum[first], sum[first + 1]).Bits;
            }
            uint at = tile + (uint)(((warp * 16 + lane % 16) * Tile + (j + lane / 16) * 8) * 2);
            Mma.Store(ref Shared.At<BFloat16>(at), tiles);
        }
        Fence.AsyncProxy();
        NamedBarrier.Sync(group, Warpgroup);
        if (thread != 0)
            return;
        Tma.Store(c, tile, Grid.BlockX * Tile, Grid.BlockY * 2 * Tile + (group - 1) * Tile);
        Tma.Commit();
        Tma.WaitGroup(0);
    }
}
