using CogVideoX.Models.CogVideoX;
using CogVideoX.Models.Configuration;

namespace CogVideoX.Pipelines;

/// <summary>
/// The tiles that a VAE decodes in: the reference's, moved to whole latents where its shares of a tile don't fall on them. There the
/// reference keeps more pixels of a tile than the next one is away, and the picture comes out larger than it was asked for; the
/// released models, whose tiles fit, aren't touched.
/// </summary>
internal static class DecodeTiles
{
    private const double RowOverlap = 1 / 6.0, ColumnOverlap = 1 / 5.0;
    private const int SmallestTile = 2; // latents: one that stays, one that fades into the next

    public static (TileGrid Rows, TileGrid Columns) For(VaeConfig config) =>
        (
            Fitting(config.SampleHeight, RowOverlap, config.SpatialCompression),
            Fitting(config.SampleWidth, ColumnOverlap, config.SpatialCompression));

    private static TileGrid Fitting(int samplePixels, double overlap, int compression)
    {
        int latents = Math.Max(SmallestTile, samplePixels / 2 / compression);
        TileGrid reference = new(latents * compression, overlap, compression);
        IEnumerable<TileGrid> candidates = Enumerable.Range(latents - reference.Step, reference.Step)
            .Select(overlapping => new TileGrid(latents * compression, (double)overlapping / latents, compression));
        return candidates.Prepend(reference).FirstOrDefault(Fits) ?? new TileGrid(latents * compression, 0, compression);

        bool Fits(TileGrid grid) => grid.Step * compression == grid.KeptPixels;
    }
}
