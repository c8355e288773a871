using CogVideoX.Compiler.Language;

namespace CogVideoX.Samples.Kernels;

/// <summary>
/// Attention forward without a mask, head dim 64: a block takes 64 queries, a warp 16 of them; keys and values come in tiles of 64. The
/// scores stay in registers (FlashAttention-2, arXiv 2307.08691).
/// </summary>
/// <param name="q">[heads, n, 64]</param> <param name="keys">[heads, m, 64]</param> <param name="values">[heads, m, 64]</param>
/// <param name="output">[heads, n, 64]</param>
/// <param name="scale">log2 e / √64: softmax is computed in powers of two</param>
[KernelName("flash_attention_hd64")]
public readonly struct FlashAttention(
    View<BFloat16> q, View<BFloat16> keys, View<BFloat16> values, View<float> output, int n, int m, float scale) : IKernel
{
    private const int HeadDim = 64, Rows = 64, Pitch = HeadDim + 8, Chunk = 8, Columns = HeadDim / 8, Depths = HeadDim / 16;

    public static Block Block => new(128);

    public void Run()
    {
        Shared<BFloat16> queryTile = Shared.Array<BFloat16>(Rows * Pitch);
        Shared<BFloat16> keyTile = Shared.Array<BFloat16>(Rows * Pitch);
        Shared<BFloat16> valueTile = Shared.Array<BFloat16>(Rows * Pitch);
        int warp = Block.ThreadX / Warp.Size, lane = Block.ThreadX % Warp.Size;
        long headQ = (long)Grid.BlockY * n * HeadDim, headK = (long)Grid.BlockY * m * HeadDim;
        Fill(queryTile, q.Slice(headQ, n * HeadDim), Grid.BlockX * Rows, n);
        AsyncCopy.Commit();
        AsyncCopy.WaitGroup(0);
        Block.Sync();
        Registers<MatrixA<BFloat16>> query = Registers.Of<MatrixA<BFloat16>>(Depths);
        for (int depth = 0; depth < Depths; depth++)
            query[depth] = Mma.LoadA(ref queryTile[(warp * 16 + lane % 16) * Pitch + depth * 16 + lane / 16 * 8]);
        Registers<MatrixC<float>> sums = Registers.Of<MatrixC<float>>(Columns);
        Registers<float> largest = Registers.Of<float>(2), weight = Registers.Of<float>(2);
        largest[0] = largest[1] = float.NegativeInfinity;
        for (int first = 0; first < m; first += Rows)
        {
            Block.Sync();
            Fill(keyTile, keys.Slice(headK, m * HeadDim), first, m);
            Fill(valueTile, values.Slice(headK, m * HeadDim), first, m);
            AsyncCopy.Commit();
            AsyncCopy.WaitGroup(0);
            Block.Sync();
            Registers<MatrixC<float>> scores = Scores(keyTile, query, lane);
            for (int half = 0; half < 2; half++)
                SoftmaxStep(scores, sums, half, m - first - lane % 4 * 2, ref largest[half], ref weight[half]);
            AddValues(valueTile, scores, sums, lane);
        }
        Store(Grid.BlockX * Rows + warp * 16 + lane / 4, headQ, lane, sums, weight);
    }

    /// <summary>Starts copying 64 rows; those from <paramref name="rows"/> on become zeros.</summary>
    private static void Fill(Shared<BFloat16> tile, View<BFloat16> source, int firstRow, int rows)
    {
        for (int i = Block.ThreadX; i < Rows * HeadDim / Chunk; i += Block.Size)
        {
            int row = i / (HeadDim / Chunk), column = i % (HeadDim / Chunk) * Chunk, at = firstRow + row;
            AsyncCopy.Sixteen(
                ref tile[row * Pitch + column], ref source[(long)Math.Min(at, rows - 1) * HeadDim + column], at < rows ? 16 : 0);
        }
    }

    /// <summary>queries · keysᵀ: 16×64 for this warp.</summary>
    private static Registers<MatrixC<float>> Scores(Shared<BFloat16> keyTile, Registers<MatrixA<BFloat16>> query, int lane)
    {
        Registers<MatrixC<float>> scores = Registers.Of<MatrixC<float>>(Columns);
        for (int depth = 0; depth < Depths; depth++)
        {
            for (int j = 0; j < Columns; j += 2)
            {
                MatrixBPair<BFloat16> pair = Mma.LoadBPair(
                    ref keyTile[(j * 8 + lane % 8 + lane / 16 * 8) * Pitch + depth * 16 + lane / 8 % 2 * 8]);
                scores[j] = Mma.Multiply(query[depth], pair.First, scores[j]);
                scores[j + 1] = Mma.Multiply(query[depth], pair.Second, scores[j + 1]);
            }
        }
        return scores;
    }

    /// <summary>
    /// Scores become weights against the largest so far, and what was summed before is scaled to it: for one of a lane's two rows.
    /// </summary>
    private void SoftmaxStep(
        Registers<MatrixC<float>> scores, Registers<MatrixC<float>> sums, int half, int columnsLeft, ref float largest, ref float weight)
    {
        float now = largest;
        for (int j = 0; j < Columns; j++)
        {
            for (int i = half * 2; i < half * 2 + 2; i++)
            {
                if (j * 8 + i % 2 >= columnsLeft)
                    scores[j][i] = float.NegativeInfinity;
                now = Approximate.Max(now, scores[j][i]);
            }
        }
        now = Approximate.Max(now, Warp.ShuffleXor(now, 1));
        now = Approximate.Max(now, Warp.ShuffleXor(now, 2));
        float factor = Approximate.Exp2((largest - now) * scale);
        largest = now;
        weight *= factor;
        for (int j = 0; j < Columns; j++)
        {
            for (int i = half * 2; i < half * 2 + 2; i++)
            {
                sums[j][i] *= factor;
                float e = Approximate.Exp2((scores[j][i] - now) * scale);
                scores[j][i] = e;
                weight += e;
            }
        }
    }

    /// <summary>sums += weights · values; the weights' share of a lane is already that of a left operand.</summary>
    private static void AddValues(Shared<BFloat16> valueTile, Registers<MatrixC<float>> weights, Registers<MatrixC<float>> sums, int lane)
    {
        for (int depth = 0; depth < Depths; depth++)
        {
            MatrixA<BFloat16> left = default;
            for (int i = 0; i < 4; i++)
            {
                MatrixC<float> pair = weights[depth * 2 + i / 2];
                left[i] = BFloat16x2.From(pair[i % 2 * 2], pair[i % 2 * 2 + 1]).Bits;
            }
            for (int j = 0; j < Columns; j++)
                sums[j] = Mma.Multiply(left, Mma.LoadTransposedB(ref valueTile[(depth * 16 + lane % 16) * Pitch + j * 8]), sums[j]);
        }
    }

    private void Store(int firstRow, long head, int lane, Registers<MatrixC<float>> sums, Registers<float> weight)
    {
        for (int half = 0; half < 2; half++)
        {
            float total = weight[half] + Warp.ShuffleXor(weight[half], 1);
            total += Warp.ShuffleXor(total, 2);
            int row = firstRow + half * 8;
            if (row >= n)
                continue;
            for (int j = 0; j < Columns; j++)
            {
                MatrixC<float> sum = sums[j];
                output.As<Float2>()[(head + (long)row * HeadDim + j * 8 + lane % 4 * 2) / 2] =
                    new(sum[half * 2] / total, sum[half * 2 + 1] / total);
            }
        }
    }
}
