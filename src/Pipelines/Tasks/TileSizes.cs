using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;

namespace CogVideoX.Pipelines;

/// <summary>
/// The tiles that a VAE encodes and decodes in: the reference's, half the size that its config names, moved to whole latents, and none so
/// small that its edges are felt everywhere in it. The released models, whose tiles are larger and fit, aren't touched.
/// </summary>
internal static class TileSizes
{
    private const double RowOverlap = 1 / 6.0, ColumnOverlap = 1 / 5.0;

    // Latents. A convolution at a tile's edge sees zeros, and what comes of them is seen 8 latents away (docs/measurements.md).
    private const int SmallestTile = 16;

    public static (TileGrid Rows, TileGrid Columns) For(VaeConfig config) =>
        (For(config.SampleHeight, RowOverlap, config), For(config.SampleWidth, ColumnOverlap, config));

    private static TileGrid For(int samplePixels, double overlap, VaeConfig config)
    {
        int latents = Math.Max(SmallestTile, samplePixels / 2 / config.SpatialCompression);
        return TileGrid.Of(latents * config.SpatialCompression, overlap, config.SpatialCompression);
    }
}
