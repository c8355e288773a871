using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

/// <summary>How many queries a CTA of attention on tensor cores takes.</summary>
internal static class AttentionCudaPlan
{
    private const int NarrowQueries = 64, WideQueries = 128;

    /// <summary>All tiles that there are.</summary>
    public static IReadOnlyList<TileKind> All { get; } = [TileKind.Queries64, TileKind.Queries128];

    /// <summary>Queries of a tile.</summary>
    public static int QueriesOf(TileKind tile) => tile == TileKind.Queries128 ? WideQueries : NarrowQueries;

    /// <summary>What the choice depends on.</summary>
    public static TileShape ShapeOf(AttentionSize size, ElementFormat type) =>
        new(TiledOperation.Attention, size.Queries, (int)Math.Min(int.MaxValue, (long)size.Heads * size.Batch), size.Width, type);

    /// <summary>What the card's table says, where it can be; else the tile by the rule.</summary>
    /// <param name="size">All sizes.</param>
    /// <param name="type">Of queries, keys and values.</param>
    /// <param name="queue">Of the card.</param>
    public static TileKind For(AttentionSize size, ElementFormat type, CudaQueue queue) =>
        queue.Tiles.Find(ShapeOf(size, type)) is { Parts: 1 } choice && All.Contains(choice.Tile)
            ? choice.Tile : For(size, queue.Card);

    /// <summary>
    /// The rule: tiles of twice the queries, which load half as much for a product, if there are enough of them for two CTAs on each
    /// multiprocessor.
    /// </summary>
    public static TileKind For(AttentionSize size, TileCard card)
    {
        long wide = (long)CudaGrid.Covering(size.Queries, WideQueries) * size.Heads * size.Batch;
        return wide >= 2L * card.Multiprocessors ? TileKind.Queries128 : TileKind.Queries64;
    }
}
