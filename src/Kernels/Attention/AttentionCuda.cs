using CogVideoX.Compiler.Language;
using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

internal readonly partial struct Attention : IHasTiles
{
    private const int AccessElements = CudaQueue.AccessBytes / sizeof(ushort);
    private const int MostInGrid = 65_535; // CTAs along Y and Z
    private const long LargestStride = int.MaxValue / 128; // so that offsets in a tile of tokens have 32 bits

    /// <summary>Of heads, those that there are kernels for.</summary>
    public static IReadOnlyList<int> Widths { get; } = [16, 32, 48, 64, 80, 96, 128];

    /// <summary>Of batches as of more heads; a bias and sums leave no choice.</summary>
    public TiledProblem? Problem => IsForTensorCores && bias.IsNull && logSumExp.IsNull && (long)size.Heads * size.Batch <= MostInGrid
        ? new(TiledOperation.Attention, size.Queries, size.Keys, size.Heads * size.Batch, size.Width) : null;

    /// <inheritdoc/>
    public bool TryRunCuda(CudaQueue queue)
    {
        if (!IsForTensorCores)
            return false;
        switch (q.Format)
        {
            case ElementFormat.BF16: return TryRun<BFloat16>(queue);
            case ElementFormat.F16: return TryRun<Half>(queue);
            default: return false;
        }
    }

    private bool IsForTensorCores =>
        k.Format == q.Format && v.Format == q.Format && y.Format == q.Format && scale > 0
        && size.Keys > 0 && size.Queries > 0 && size.Heads is > 0 and <= MostInGrid && size.Batch is > 0 and <= MostInGrid
        && CudaQueue.IsAligned(q) && CudaQueue.IsAligned(k) && CudaQueue.IsAligned(v) && CudaQueue.IsAligned(y)
        && size.QueryStride % AccessElements == 0 && size.KeyStride % AccessElements == 0
        && size.QueryStride <= LargestStride && size.KeyStride <= LargestStride;

    private bool TryRun<T>(CudaQueue queue) where T : unmanaged
    {
        switch (size.Width)
        {
            case 16: return TryRun<T, HeadShapes.W16>(queue);
            case 32: return TryRun<T, HeadShapes.W32>(queue);
            case 48: return TryRun<T, HeadShapes.W48>(queue);
            case 64: return TryRun<T, HeadShapes.W64>(queue);
            case 80: return TryRun<T, HeadShapes.W80>(queue);
            case 96: return TryRun<T, HeadShapes.W96>(queue);
            case 128: return TryRun<T, HeadShapes.W128>(queue);
            default: return false;
        }
    }

    private bool TryRun<T, THead>(CudaQueue queue)
        where T : unmanaged
        where THead : IHeadShape
    {
        if (bias.IsNull)
            return Run<T, THead, ScoreBias.None>(queue);
        switch (bias.Format)
        {
            case ElementFormat.F32: return Run<T, THead, float>(queue);
            case ElementFormat.BF16: return Run<T, THead, BFloat16>(queue);
            case ElementFormat.F16: return Run<T, THead, Half>(queue);
            default: return false;
        }
    }

    // Where there is a bias, it is what is loaded most, for each score, and its addresses take the registers; so do those of sums.
    private bool Run<T, THead, TBias>(CudaQueue queue)
        where T : unmanaged
        where THead : IHeadShape
        where TBias : unmanaged
    {
        if (!logSumExp.IsNull)
            Run<T, THead, QueryTiles.One, TBias, float>(queue);
        else if (bias.IsNull && AttentionCudaPlan.For(size, q.Format, queue) == TileKind.Queries128)
            Run<T, THead, QueryTiles.Two, TBias, ScoreBias.None>(queue);
        else
            Run<T, THead, QueryTiles.One, TBias, ScoreBias.None>(queue);
        return true;
    }

    private void Run<T, THead, TRows, TBias, TSums>(CudaQueue queue)
        where T : unmanaged
        where THead : IHeadShape
        where TRows : IQueryTiles
        where TBias : unmanaged
        where TSums : unmanaged
    {
        const double Log2E = 1.4426950408889634;
        long results = (long)size.Batch * size.Queries * size.Heads * size.Width;
        long biases = (size.Batch - 1) * biasBatchStride + (long)size.Heads * size.Queries * size.Keys;
        long asked = Count(size.Keys, size.KeyStride);
        queue.Launch(
            new FlashAttention<T, THead, TRows, TBias, TSums>(
                q.ToView<T>(Count(size.Queries, size.QueryStride)), k.ToView<T>(asked), v.ToView<T>(asked), bias.ToView<TBias>(biases),
                biasBatchStride, y.ToView<T>(results), logSumExp.ToView<TSums>((long)size.Batch * size.Heads * size.Queries),
                new TokenLayout(size.QueryStride, size.Queries), new TokenLayout(size.KeyStride, size.Keys), (float)(scale * Log2E)),
            new CudaGrid(
                CudaGrid.Covering(size.Queries, FlashAttention<T, THead, TRows, TBias, TSums>.Rows), size.Heads, size.Batch));
    }

    // To the end of the last token's heads: what lies beside them may be others', or nobody's.
    private long Count(int tokens, long stride) => ((long)size.Batch * tokens - 1) * stride + (long)size.Heads * size.Width;
}
