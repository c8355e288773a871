using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels.Tuning;

/// <summary>How an operation is cut into CTAs.</summary>
/// <param name="Tile">Of the result.</param>
/// <param name="Parts">Parts of a product's inputs, each of which other CTAs sum; 1 for none, and for all but products.</param>
internal readonly record struct TileChoice(TileKind Tile, int Parts = 1)
{
    /// <summary>Slices of the operands that the tile's kernels hold in shared memory; 0 where it isn't a product's tile.</summary>
    public int Stages => Tile switch
    {
        TileKind.Wide => ProductTiles.Wide.Stages,
        TileKind.Tall => ProductTiles.Tall.Stages,
        TileKind.Square => ProductTiles.Square.Stages,
        TileKind.Small => ProductTiles.Small.Stages,
        _ => 0,
    };

    /// <inheritdoc/>
    public override string ToString() => Parts == 1 ? $"{Tile}".ToLowerInvariant() : $"{Tile} in {Parts} parts".ToLowerInvariant();
}
