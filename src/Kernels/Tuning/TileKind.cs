using CogVideoX.Kernels.Cuda;

namespace CogVideoX.Kernels.Tuning;

/// <summary>What a CTA computes of a result: the tiles that there are kernels for. A table has them by these names.</summary>
internal enum TileKind
{
    /// <summary>128×256 of a product (<see cref="ProductTiles.Wide"/>).</summary>
    Wide,

    /// <summary>256×128 (<see cref="ProductTiles.Tall"/>).</summary>
    Tall,

    /// <summary>128×128 (<see cref="ProductTiles.Square"/>).</summary>
    Square,

    /// <summary>64×64 (<see cref="ProductTiles.Small"/>).</summary>
    Small,

    /// <summary>64 queries of a head (<see cref="QueryTiles.One"/>).</summary>
    Queries64,

    /// <summary>128 queries of a head (<see cref="QueryTiles.Two"/>).</summary>
    Queries128,
}
