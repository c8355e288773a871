namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// How a picture is cut into overlapping tiles along one direction. A tile begins and ends with a latent, so that in pixels and in latents
/// the same is kept of it, and the tiles together are as large as the picture.
/// </summary>
public sealed record TileGrid
{
    private readonly int compression;

    /// <param name="latents">Latents of a tile.</param>
    /// <param name="overlap">Latents that it has in common with the next, fewer than it has.</param>
    /// <param name="compression">Pixels to a latent.</param>
    /// <exception cref="ArgumentOutOfRangeException">A tile without latents, or an overlap that leaves no step.</exception>
    public TileGrid(int latents, int overlap, int compression)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(latents, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, latents);
        ArgumentOutOfRangeException.ThrowIfLessThan(compression, 1);
        (Latents, Overlap, this.compression) = (latents, overlap, compression);
    }

    /// <summary>Latents of a tile.</summary>
    public int Latents { get; }

    /// <summary>Latents that a tile has in common with the next, over which the two fade into each other.</summary>
    public int Overlap { get; }

    /// <summary>Latents from the start of a tile to the start of the next, which is what stays of it.</summary>
    public int Step => Latents - Overlap;

    /// <summary>Pixels of a tile.</summary>
    public int Pixels => Latents * compression;

    /// <summary>
    /// The reference's tiles, which are given in pixels with the share of a tile that lies under the next. Where the share isn't a whole
    /// number of latents, the reference keeps more or less of a tile than the next one is away, and its result has another size than the
    /// picture; here the overlap is then the next larger number of latents.
    /// </summary>
    /// <param name="pixels">Size of a tile in pixels; what isn't a whole latent is left out.</param>
    /// <param name="overlap">Share of a tile that lies under the next, 0 … 1 (excluded).</param>
    /// <param name="compression">Pixels to a latent.</param>
    /// <exception cref="ArgumentOutOfRangeException">A tile smaller than a latent, or an overlap that leaves no step.</exception>
    public static TileGrid Of(int pixels, double overlap, int compression)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels, compression);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(overlap, 1);
        int latents = pixels / compression;
        return new TileGrid(latents, latents - Math.Max((int)(latents * (1 - overlap)), 1), compression);
    }

    internal bool IsOf(int pixelsOfALatent) => compression == pixelsOfALatent;

    /// <summary>Read in latents, written in pixels.</summary>
    internal TileCuts Decoding => new(Latents, Step, Overlap * compression, Step * compression);

    /// <summary>Read in pixels, written in latents.</summary>
    internal TileCuts Encoding => new(Latents * compression, Step * compression, Overlap, Step);
}
