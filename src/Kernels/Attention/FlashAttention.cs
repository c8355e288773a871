using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>
/// Attention on tensor cores, with the scores in registers only (FlashAttention-2, arXiv 2307.08691). A CTA has a tile of queries of one
/// head (the grid is [tiles, heads, batch]), which it keeps in registers, and walks over blocks of keys, the last one first: that alone
/// may lack keys. Values are copied while scores are computed, and the next keys while values are summed. Weights are rounded to
/// <typeparamref name="T"/> before they meet the values; everything else is in fp32.
/// </summary>
/// <param name="q">[batch, queries, heads, width]</param>
/// <param name="k">[batch, keys, heads, width]; at least one key</param>
/// <param name="v">As <paramref name="k"/>.</param>
/// <param name="bias">[batch or 1, heads, queries, keys], or empty</param>
/// <param name="biasBatchStride">Elements from a batch's bias to the next batch's.</param>
/// <param name="y">[batch, queries, heads, width], without gaps</param>
/// <param name="logSumExp">[batch, heads, queries], or empty</param>
/// <param name="queries">How they lie.</param>
/// <param name="keys">How they and the values lie.</param>
/// <param name="factor">The scale · log₂ e, positive: exponentials are powers of two.</param>
/// <typeparam name="T">BFloat16 or Half.</typeparam>
/// <typeparam name="THead">The head's width.</typeparam>
/// <typeparam name="TRows">How many queries a CTA has.</typeparam>
/// <typeparam name="TBias">float, BFloat16, Half, or <see cref="ScoreBias.None"/>.</typeparam>
/// <typeparam name="TSums">float where logarithms of sums are wanted, or <see cref="ScoreBias.None"/>.</typeparam>
internal readonly unsafe struct FlashAttention<T, THead, TRows, TBias, TSums>(
    View<T> q, View<T> k, View<T> v, View<TBias> bias, long biasBatchStride, View<T> y, View<TSums> logSumExp, TokenLayout queries,
    TokenLayout keys, float factor) : IKernel
    where T : unmanaged
    where THead : IHeadShape
    where TRows : IQueryTiles
    where TBias : unmanaged
    where TSums : unmanaged
{
    private const int Warps = 4, TileRows = 16, TileColumns = 8, TileDepth = 16;
    private const int ColumnsAtOnce = 4; // of scores: products enough that none waits for the one before
    private const float Slack = 8; // weights of up to 2⁸, far from what either type holds
    private const float Log2E = 1.44269504f, Ln2 = 0.693147181f;

    public static Block Block => new(Warps * Warp.Size);

    public static int MinimumCtas => TRows.Count == 1 ? 3 : 2;

    /// <summary>Queries of a CTA.</summary>
    public static int Rows => Warps * WarpRows;

    private static int WarpRows => TRows.Count * TileRows;

    /// <summary>Rows of a lane: in each tile two, which are 8 apart.</summary>
    private static int LaneRows => TRows.Count * 2;

    private static int ScoreColumns => THead.Keys / TileColumns;

    private static int ResultColumns => THead.Width / TileColumns;

    private static int Depths => THead.Width / TileDepth;

    private static int KeyDepths => THead.Keys / TileDepth;

    private static int KeptDepths => Math.Min(THead.KeptDepths, Depths);

    /// <summary>What scores are in units of, when weights are made of them.</summary>
    private float Unit => HasBias ? 1 : factor;

    private static bool HasBias => typeof(TBias) != typeof(ScoreBias.None);

    // Rows of the CTA's tile: keys, values, queries; in the place of the latter, at last, results.
    private static int FirstValue => THead.Keys;

    private static int FirstQuery => THead.Keys * 2;

    public void Run()
    {
        HeadTile<T, THead> tile = new(Shared.Array<T>((FirstQuery + Rows) * THead.Width));
        int warpRow = Block.ThreadX / Warp.Size * WarpRows, query = Grid.BlockX * Rows;
        int stride = keys.Stride, blocks = (keys.Count - 1) / THead.Keys, edge = keys.Count - blocks * THead.Keys;
        long first = keys.First(blocks * THead.Keys, THead.Width);
        tile.CopyEdge(FirstQuery, Rows, q.Pointer + queries.First(query, THead.Width), queries.Stride, queries.Count - query);
        tile.CopyEdge(0, THead.Keys, k.Pointer + first, stride, edge);
        WaitForAll();
        tile.CopyEdge(FirstValue, THead.Keys, v.Pointer + first, stride, edge);
        Registers<MatrixA<T>> asking = Registers.Of<MatrixA<T>>(TRows.Count * KeptDepths);
        for (int depth = 0; depth < KeptDepths; depth++)
            LoadQueries(tile, warpRow, depth, asking.Slice(depth * TRows.Count));
        Registers<MatrixC<float>> results = Registers.Of<MatrixC<float>>(TRows.Count * ResultColumns);
        RowWeights rows = new(Registers.Of<float>(LaneRows), Registers.Of<float>(LaneRows));
        Registers<MatrixC<float>> scores = Scores(tile, warpRow, asking, blocks, isEdge: true);
        Mask(scores, edge);
        Shift(scores, isFirst: true, rows, results);
        first = keys.First(0, THead.Width) + HeadTile<T, THead>.ThreadOffset(stride);
        T* nextKeys = k.Pointer + first, nextValues = v.Pointer + first;
        WaitForAll();
        if (blocks > 0)
            tile.Copy(0, THead.Keys, nextKeys, stride);
        AddValues(tile, scores, rows, results);
        for (int block = 0; block < blocks; block++)
        {
            WaitForAll();
            tile.Copy(FirstValue, THead.Keys, nextValues, stride);
            nextValues += THead.Keys * stride;
            scores = Scores(tile, warpRow, asking, block, isEdge: false);
            Shift(scores, isFirst: false, rows, results);
            WaitForAll();
            nextKeys += THead.Keys * stride;
            if (block + 1 < blocks)
                tile.Copy(0, THead.Keys, nextKeys, stride);
            AddValues(tile, scores, rows, results);
        }
        Store(tile, warpRow, rows, results);
    }

    /// <summary>Until what was copied is there, and no warp needs any more what it will be overwritten by.</summary>
    private static void WaitForAll()
    {
        AsyncCopy.WaitAll();
        Block.Sync();
    }

    private static void LoadQueries(HeadTile<T, THead> tile, int warpRow, int depth, Registers<MatrixA<T>> asking)
    {
        for (int i = 0; i < TRows.Count; i++)
            asking[i] = tile.LoadLeft(FirstQuery + warpRow + i * TileRows, depth);
    }

    /// <summary>queries · keysᵀ.</summary>
    private Registers<MatrixC<float>> Scores(
        HeadTile<T, THead> tile, int warpRow, Registers<MatrixA<T>> kept, int block, bool isEdge)
    {
        Registers<MatrixC<float>> scores = Registers.Of<MatrixC<float>>(TRows.Count * ScoreColumns);
        Registers<MatrixA<T>> loaded = Registers.Of<MatrixA<T>>(TRows.Count);
        for (int first = 0; first < ScoreColumns; first += ColumnsAtOnce)
        {
            for (int depth = 0; depth < Depths; depth++)
            {
                Registers<MatrixA<T>> asking = depth < KeptDepths ? kept.Slice(depth * TRows.Count) : loaded;
                if (depth >= KeptDepths)
                    LoadQueries(tile, warpRow, depth, loaded);
                for (int column = first; column < first + ColumnsAtOnce; column += 2)
                {
                    MatrixBPair<T> asked = tile.LoadTransposed(column * TileColumns, depth);
                    for (int i = 0; i < TRows.Count; i++)
                    {
                        int at = i * ScoreColumns + column;
                        scores[at] = Mma.Multiply(asking[i], asked.First, scores[at]);
                        scores[at + 1] = Mma.Multiply(asking[i], asked.Second, scores[at + 1]);
                    }
                }
            }
        }
        if (HasBias)
            AddBias(scores, block * THead.Keys, isEdge);
        return scores;
    }

    /// <summary>Scores become those of the definition, times log₂ e.</summary>
    private void AddBias(Registers<MatrixC<float>> scores, int firstKey, bool isEdge)
    {
        int lane = Block.ThreadX % Warp.Size, firstRow = Grid.BlockX * Rows + Block.ThreadX / Warp.Size * WarpRows + lane / 4;
        int laneKey = firstKey + lane % 4 * 2, last = keys.Count - 1;
        for (int row = 0; row < LaneRows; row++)
        {
            int query = Math.Min(firstRow + row * TileColumns, queries.Count - 1);
            TBias* biases = bias.Pointer + Grid.BlockZ * biasBatchStride + ((long)Grid.BlockY * queries.Count + query) * keys.Count;
            for (int i = 0; i < ScoreColumns * 2; i++)
            {
                int key = laneKey + i / 2 * TileColumns + i % 2;
                ref float score = ref Score(scores, row, i);
                score = Biased(score * factor, ScoreBias.Widen(biases[isEdge ? Math.Min(key, last) : key]));
            }
        }
    }

    // Masks are often the least finite number: clamped, a row of nothing else is an average, as it is in PyTorch.
    private static float Biased(float score, float bias)
    {
        float sum = MathF.FusedMultiplyAdd(bias, Log2E, score);
        return sum < float.MinValue ? float.MinValue : sum;
    }

    /// <summary>Keys beyond <paramref name="count"/> get no weight.</summary>
    private static void Mask(Registers<MatrixC<float>> scores, int count)
    {
        int left = count - Block.ThreadX % 4 * 2;
        for (int row = 0; row < LaneRows; row++)
        {
            for (int i = 0; i < ScoreColumns * 2; i++)
            {
                if (i / 2 * TileColumns + i % 2 >= left)
                    Score(scores, row, i) = float.NegativeInfinity;
            }
        }
    }

    /// <summary>
    /// Finds what is subtracted from scores: their largest, or one before that is less by <see cref="Slack"/> at most, so that what was
    /// summed seldom has to be brought to another.
    /// </summary>
    private void Shift(Registers<MatrixC<float>> scores, bool isFirst, RowWeights rows, Registers<MatrixC<float>> results)
    {
        Registers<float> before = Registers.Of<float>(LaneRows);
        bool anyRises = false;
        for (int row = 0; row < LaneRows; row++)
        {
            float largest = Score(scores, row, 0);
            for (int i = 1; i < ScoreColumns * 2; i++)
                largest = Approximate.Max(largest, Score(scores, row, i));
            largest = Approximate.Max(largest, Warp.ShuffleXor(largest, 1));
            largest = Approximate.Max(largest, Warp.ShuffleXor(largest, 2)) * Unit;
            before[row] = rows.Shifts[row];
            bool rises = isFirst || largest > before[row] + Slack;
            rows.Shifts[row] = rises ? largest : before[row];
            anyRises |= rises;
        }
        if (!isFirst && Warp.Any(anyRises))
            Rescale(before, rows, results);
    }

    private static void Rescale(Registers<float> before, RowWeights rows, Registers<MatrixC<float>> results)
    {
        for (int row = 0; row < LaneRows; row++)
        {
            float fraction = Approximate.Exp2Flushed(before[row] - rows.Shifts[row]);
            rows.Sums[row] *= fraction;
            for (int column = 0; column < ResultColumns; column++)
            {
                ref MatrixC<float> result = ref results[row / 2 * ResultColumns + column];
                result[row % 2 * 2] *= fraction;
                result[row % 2 * 2 + 1] *= fraction;
            }
        }
    }

    /// <summary>results += weights · values; a lane's weights are its share of a left operand.</summary>
    private void AddValues(
        HeadTile<T, THead> tile, Registers<MatrixC<float>> scores, RowWeights rows, Registers<MatrixC<float>> results)
    {
        Registers<MatrixA<T>> weights = Registers.Of<MatrixA<T>>(KeyDepths * TRows.Count);
        Weigh(scores, rows, weights, 0, 0, 1); // and all others between products, so that exponentials and tensor cores work at once
        for (int depth = 0; depth < KeyDepths; depth++)
        {
            for (int column = 0; column < ResultColumns; column += 2)
            {
                MatrixBPair<T> values = tile.LoadRight(FirstValue + depth * TileDepth, column / 2);
                for (int i = 0; i < TRows.Count; i++)
                {
                    MatrixA<T> left = weights[depth * TRows.Count + i];
                    ref MatrixC<float> result = ref results[i * ResultColumns + column];
                    ref MatrixC<float> neighbour = ref results[i * ResultColumns + column + 1];
                    result = Mma.Multiply(left, values.First, result);
                    neighbour = Mma.Multiply(left, values.Second, neighbour);
                }
                if (depth + 1 < KeyDepths)
                    Weigh(scores, rows, weights, depth + 1, column / 2, ResultColumns / 2);
            }
        }
    }

    /// <summary>Makes weights of the scores of 16 keys: a part of them, pairs of neighbours.</summary>
    private void Weigh(
        Registers<MatrixC<float>> scores, RowWeights rows, Registers<MatrixA<T>> weights, int depth, int part, int parts)
    {
        for (int pair = part; pair < TRows.Count * 4; pair += parts)
        {
            int row = pair / 4 * 2 + pair % 2, i = depth * 4 + pair % 4 / 2 * 2;
            float first = Weight(Score(scores, row, i), rows.Shifts[row]), second = Weight(Score(scores, row, i + 1), rows.Shifts[row]);
            rows.Sums[row] += first + second;
            weights[depth * TRows.Count + pair / 4][pair % 4] = PackedPair.Of<T>(first, second);
        }
    }

    private float Weight(float score, float shift) => Approximate.Exp2Flushed(MathF.FusedMultiplyAdd(score, Unit, -shift));

    private void Store(HeadTile<T, THead> tile, int warpRow, RowWeights rows, Registers<MatrixC<float>> results)
    {
        for (int row = 0; row < LaneRows; row++)
        {
            float sum = rows.Sums[row] + Warp.ShuffleXor(rows.Sums[row], 1);
            sum += Warp.ShuffleXor(sum, 2);
            if (typeof(TSums) == typeof(float))
                StoreLogSumExp(warpRow, row, rows.Shifts[row] + Approximate.Log2(sum));
            float share = 1 / sum;
            for (int column = 0; column < ResultColumns; column++)
            {
                MatrixC<float> result = results[row / 2 * ResultColumns + column];
                tile.Store(
                    FirstQuery + warpRow + row * TileColumns, column,
                    PackedPair.Of<T>(result[row % 2 * 2] * share, result[row % 2 * 2 + 1] * share));
            }
        }
        Warp.Sync();
        int firstRow = Grid.BlockX * Rows + warpRow, stride = Grid.SizeY * THead.Width;
        long first = ((long)Grid.BlockZ * queries.Count + firstRow) * stride + Grid.BlockY * THead.Width;
        tile.Write(FirstQuery + warpRow, WarpRows, y.Pointer + first, stride, queries.Count - firstRow);
    }

    // Four lanes have the same row; the sum is in units of ln 2, as scores are.
    private void StoreLogSumExp(int warpRow, int row, float sum)
    {
        int lane = Block.ThreadX % Warp.Size, query = Grid.BlockX * Rows + warpRow + lane / 4 + row * TileColumns;
        if (lane % 4 == 0 && query < queries.Count)
            logSumExp.As<float>()[((long)Grid.BlockZ * Grid.SizeY + Grid.BlockY) * queries.Count + query] = sum * Ln2;
    }

    private static ref float Score(Registers<MatrixC<float>> scores, int row, int i) =>
        ref scores[row / 2 * ScoreColumns + i / 2][row % 2 * 2 + i % 2];

    /// <summary>Of each of a lane's rows: what is subtracted from its scores, and this lane's share of the sum of its weights.</summary>
    private readonly ref struct RowWeights(Registers<float> shifts, Registers<float> sums)
    {
        public readonly Registers<float> Shifts = shifts;
        public readonly Registers<float> Sums = sums;
    }
}
