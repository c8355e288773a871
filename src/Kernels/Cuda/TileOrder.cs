using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// Which tile of a result a CTA computes: CTAs that run at the same time take a block of tiles that is about as high as it is wide, so that
/// most of what they read is in the second-level cache already.
/// </summary>
internal static class TileOrder
{
    private const int BlockHeight = 8;

    /// <summary>Row and column of the tile, in tiles.</summary>
    /// <param name="down">Tiles of a column.</param>
    /// <param name="across">Tiles of a row.</param>
    public static (int Row, int Column) Of(int down, int across)
    {
        int blockTiles = BlockHeight * across, block = Grid.BlockX / blockTiles, first = block * BlockHeight;
        int within = Grid.BlockX - block * blockTiles, height = Math.Min(BlockHeight, down - first), column = within / height;
        return (first + within - column * height, column);
    }
}
