using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels;

/// <summary>Which tile a convolution on tensor cores is cut into.</summary>
internal static class ConvolutionCudaPlan
{
    // How long a product takes beside the widest tile's: see LinearCudaPlan.
    private static readonly (ConvolutionCudaTile Tile, int Rows, int Columns, double Cost)[] Tiles =
    [
        (ConvolutionCudaTile.Wide, ProductTiles.Wide.Rows, ProductTiles.Wide.Columns, 1),
        (ConvolutionCudaTile.Tall, ProductTiles.Tall.Rows, ProductTiles.Tall.Columns, 1),
        (ConvolutionCudaTile.Square, ProductTiles.Square.Rows, ProductTiles.Square.Columns, 1.1),
        (ConvolutionCudaTile.Small, ProductTiles.Small.Rows, ProductTiles.Small.Columns, 1.6),
    ];

    /// <summary>The tile by which the busiest of a card's multiprocessors is done first. A tile lies in one frame.</summary>
    public static ConvolutionCudaTile For(ConvolutionSize size, int multiprocessors)
    {
        double frames = (double)size.Input.Batch * size.Input.Frames, pixels = (double)size.OutputHeight * size.OutputWidth;
        return Tiles.MinBy(tile =>
        {
            double tiles = frames * Math.Ceiling(pixels / tile.Rows) * Math.Ceiling((double)size.OutputChannels / tile.Columns);
            return Math.Ceiling(tiles / multiprocessors) * tile.Rows * tile.Columns * tile.Cost;
        }).Tile;
    }
}

/// <summary>Which of the <see cref="ProductTiles"/>.</summary>
internal enum ConvolutionCudaTile
{
    /// <summary>128×256.</summary>
    Wide,

    /// <summary>256×128.</summary>
    Tall,

    /// <summary>128×128.</summary>
    Square,

    /// <summary>64×64.</summary>
    Small,
}
