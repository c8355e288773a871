using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Tests.Gpu.Defective;

/// <summary>wgmma_specialised with one line wrong: a constant of the type, so that only the faulty program is compiled.</summary>
public readonly struct DefectiveWgmma<TDefect>(TensorMap a, TensorMap b, TensorMap c, int k) : IKernel
    where TDefect : IDefect
{
    private const int Stages = 3;
    private const int Tile = 64;
    private const int TileBytes = Tile * Tile * 2;
    private const int StageBytes = 3 * TileBytes;
    private const int Warpgroup = 128;
    private const int ConsumerWarps = 8;
    private const int DepthBytes = 32;

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
        if (TDefect.Kind != Defect.NoInitialSync)
            Block.Sync();
        int group = Block.ThreadX / Warpgroup, steps = k / Tile;
        if (group == 0)
        {
            Wgmma.ReleaseRegisters(40);
            if (Block.ThreadX == 0)
                Produce(stages, full, empty, steps);
        }
        else
        {
            Wgmma.TakeRegisters(152);
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
                empty[stage].Wait((step / Stages - (TDefect.Kind == Defect.WrongPhase ? 0 : 1)) & 1);
            uint at = stages + (uint)(stage * StageBytes);
            full[stage].ArriveExpecting(TDefect.Kind switch
            {
                Defect.ExpectsTooMuch => StageBytes + 16,
                Defect.ExpectsTooLittle => 2 * TileBytes,
                _ => StageBytes,
            });
            Tma.Load(at, a, full[stage], step * Tile, row);
            Tma.Load(TDefect.Kind == Defect.TwoLoadsOneTile ? at : at + TileBytes, a, full[stage], step * Tile, row + Tile);
            Tma.Load(at + 2 * TileBytes, b, full[stage], step * Tile, column);
        }
    }

    private static void Consume(uint stages, MBarrier full, MBarrier empty, int steps, int half, ref Sum64x64 sum)
    {
        bool releases = Block.ThreadX % Warp.Size == 0;
        for (int step = 0; step < steps; step++)
        {
            int stage = step % Stages;
            if (TDefect.Kind != Defect.NoFullWait || step < Stages)
                full[stage].Wait((step / Stages) & 1);
            uint tileA = stages + (uint)(stage * StageBytes + half * TileBytes);
            uint tileB = stages + (uint)(stage * StageBytes + 2 * TileBytes);
            Wgmma.Fence();
            for (uint depth = 0; depth < 4; depth++)
            {
                Wgmma.Multiply(
                    ref sum, Wgmma.Swizzled128(tileA + depth * DepthBytes), Wgmma.Swizzled128(tileB + depth * DepthBytes), true);
            }
            Wgmma.Commit();
            if (TDefect.Kind == Defect.ReleasedBeforeWait && releases)
                empty[stage].Arrive();
            if (TDefect.Kind != Defect.NoWgmmaWait)
                Wgmma.Wait(0);
            if (TDefect.Kind is not (Defect.NeverReleased or Defect.ReleasedBeforeWait) && releases)
                empty[stage].Arrive();
        }
    }

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
            Mma.Store(ref Shared.At<BFloat16>(tile + (uint)(((warp * 16 + lane % 16) * Tile + (j + lane / 16) * 8) * 2)), tiles);
        }
        if (TDefect.Kind != Defect.NoProxyFence)
            Fence.AsyncProxy();
        NamedBarrier.Sync(group, Warpgroup);
        if (thread != 0)
            return;
        Tma.Store(c, tile, Grid.BlockX * Tile, Grid.BlockY * 2 * Tile + (group - 1) * Tile);
        Tma.Commit();
        Tma.WaitGroup(0);
    }
}
