using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>C = A·B on tensor cores through registers: 64×64×32 tiles, four warps of 32×32, a ring of cp.async stages.</summary>
/// <param name="a">[m, k]</param> <param name="b">[k, n]</param> <param name="c">[m, n]</param>
/// <param name="n">a multiple of 8</param> <param name="k">a multiple of 32</param>
[KernelName("gemm_mma_bf16")]
public readonly struct GemmMmaBf16(View<BFloat16> a, View<BFloat16> b, View<float> c, int m, int n, int k) : IKernel
{
    private const int Stages = 3, TileM = 64, TileN = 64, TileK = 32, WarpM = 32, WarpN = 32;
    private const int PitchA = TileK + 8, PitchB = TileN + 8;   // rows of eight tiles of ldmatrix fall on different banks
    private const int MmaM = 16, MmaN = 8, MmaK = 16, Chunk = 8;

    public static Block Block => new(128);

    public void Run()
    {
        Shared<BFloat16> stagesA = Shared.Array<BFloat16>(Stages * TileM * PitchA);
        Shared<BFloat16> stagesB = Shared.Array<BFloat16>(Stages * TileK * PitchB);
        int warp = Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        int warpM = warp / 2 * WarpM, warpN = warp % 2 * WarpN;
        Registers<MatrixC<float>> sums = Registers.Of<MatrixC<float>>(WarpM / MmaM * (WarpN / MmaN));
        int steps = k / TileK;
        for (int stage = 0; stage < Stages - 1; stage++)
        {
            if (stage < steps)
                Load(stagesA, stagesB, stage, stage * TileK);
            AsyncCopy.Commit();
        }
        for (int step = 0; step < steps; step++)
        {
            AsyncCopy.WaitGroup(Stages - 2);
            Block.Sync();
            int ahead = step + Stages - 1;
            if (ahead < steps)
                Load(stagesA, stagesB, ahead % Stages, ahead * TileK);
            AsyncCopy.Commit();
            int stage = step % Stages;
            Multiply(stagesA.Slice((stage * TileM + warpM) * PitchA), stagesB.Slice(stage * TileK * PitchB + warpN), lane, sums);
        }
        Store(warpM, warpN, lane, sums);
    }

    private void Load(Shared<BFloat16> stagesA, Shared<BFloat16> stagesB, int stage, int depth)
    {
        for (int i = Block.ThreadX; i < TileM * TileK / Chunk; i += Block.Size)
        {
            int row = i / (TileK / Chunk), column = i % (TileK / Chunk) * Chunk, at = Grid.BlockY * TileM + row;
            AsyncCopy.Sixteen(
                ref stagesA[(stage * TileM + row) * PitchA + column],
                ref a[(long)Math.Min(at, m - 1) * k + depth + column], at < m ? 16 : 0);
        }
        for (int i = Block.ThreadX; i < TileK * TileN / Chunk; i += Block.Size)
        {
            int row = i / (TileN / Chunk), column = i % (TileN / Chunk) * Chunk, at = Grid.BlockX * TileN + column;
            AsyncCopy.Sixteen(
                ref stagesB[(stage * TileK + row) * PitchB + column],
                ref b[(long)(depth + row) * n + Math.Min(at, n - Chunk)], at < n ? 16 : 0);
        }
    }

    private static void Multiply(Shared<BFloat16> tileA, Shared<BFloat16> tileB, int lane, Registers<MatrixC<float>> sums)
    {
        Registers<MatrixA<BFloat16>> left = Registers.Of<MatrixA<BFloat16>>(WarpM / MmaM);
        Registers<MatrixB<BFloat16>> right = Registers.Of<MatrixB<BFloat16>>(WarpN / MmaN);
        for (int depth = 0; depth < TileK; depth += MmaK)
        {
            for (int i = 0; i < WarpM / MmaM; i++)
                left[i] = Mma.LoadA(ref tileA[(i * MmaM + lane % 16) * PitchA + depth + lane / 16 * 8]);
            for (int j = 0; j < WarpN / MmaN; j++)
                right[j] = Mma.LoadTransposedB(ref tileB[(depth + lane % 16) * PitchB + j * MmaN]);
            for (int i = 0; i < WarpM / MmaM; i++)
            {
                for (int j = 0; j < WarpN / MmaN; j++)
                    sums[i * (WarpN / MmaN) + j] = Mma.Multiply(left[i], right[j], sums[i * (WarpN / MmaN) + j]);
            }
        }
    }

    private void Store(int warpM, int warpN, int lane, Registers<MatrixC<float>> sums)
    {
        for (int i = 0; i < WarpM / MmaM; i++)
        {
            for (int j = 0; j < WarpN / MmaN; j++)
            {
                for (int half = 0; half < 2; half++)
                {
                    int row = Grid.BlockY * TileM + warpM + i * MmaM + lane / 4 + half * 8;
                    int column = Grid.BlockX * TileN + warpN + j * MmaN + lane % 4 * 2;
                    MatrixC<float> sum = sums[i * (WarpN / MmaN) + j];
                    if (row < m && column < n)
                        c.As<Float2>()[((long)row * n + column) / 2] = new(sum[half * 2], sum[half * 2 + 1]);
                }
            }
        }
    }
}
