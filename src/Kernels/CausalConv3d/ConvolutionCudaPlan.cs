using CogVideoX.Kernels.Cuda;
using CogVideoX.Kernels.Tuning;

namespace CogVideoX.Kernels;

/// <summary>Which tile a convolution on tensor cores is cut into.</summary>
internal static class ConvolutionCudaPlan
{
    private static readonly (TileKind Tile, int Rows, int Columns)[] Tiles =
    [
        (TileKind.Wide, ProductTiles.Wide.Rows, ProductTiles.Wide.Columns),
        (TileKind.Tall, ProductTiles.Tall.Rows, ProductTiles.Tall.Columns),
        (TileKind.Square, ProductTiles.Square.Rows, ProductTiles.Square.Columns),
        (TileKind.Small, ProductTiles.Small.Rows, ProductTiles.Small.Columns),
    ];

    /// <summary>All tiles that there are.</summary>
    public static IReadOnlyList<TileKind> All { get; } = [.. Tiles.Select(tile => tile.Tile)];

    /// <summary>What the choice depends on.</summary>
    public static TileShape ShapeOf(ConvolutionSize size, ElementFormat type) => new(
        TiledOperation.CausalConv3d, size.Output.Batch * size.Output.Pixels, size.OutputChannels, size.Taps * size.Input.Channels, type);

    /// <summary>What the card's table says, where it can be; else the tile by the rule.</summary>
    /// <param name="size">All sizes.</param>
    /// <param name="type">Of activations and weights.</param>
    /// <param name="queue">Of the card.</param>
    public static TileKind For(ConvolutionSize size, ElementFormat type, CudaQueue queue) =>
        queue.Tiles.Find(ShapeOf(size, type)) is { Parts: 1 } choice && All.Contains(choice.Tile)
            ? choice.Tile : For(size, queue.Card);

    /// <summary>The rule: the tile by which the busiest of a card's multiprocessors is done first. A tile lies in one frame.</summary>
    public static TileKind For(ConvolutionSize size, TileCard card)
    {
        double frames = (double)size.Input.Batch * size.Input.Frames, pixels = (double)size.OutputHeight * size.OutputWidth;
        return Tiles.MinBy(tile =>
        {
            double tiles = frames * Math.Ceiling(pixels / tile.Rows) * Math.Ceiling((double)size.OutputChannels / tile.Columns);
            return Math.Ceiling(tiles / card.Multiprocessors) * tile.Rows * tile.Columns * card.CostOf(tile.Rows, tile.Columns);
        }).Tile;
    }
}
