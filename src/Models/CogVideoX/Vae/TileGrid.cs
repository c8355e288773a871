namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// How a picture is cut into overlapping tiles along one direction: sizes in latents, and the same in pixels.
/// </summary>
public sealed record TileGrid
{
    /// <param name="pixels">Size of a tile in pixels.</param>
    /// <param name="overlap">Share of a tile that lies under the next, 0 … 1 (excluded).</param>
    /// <param name="compression">Pixels to a latent.</param>
    /// <exception cref="ArgumentOutOfRangeException">A tile smaller than a latent, or an overlap that leaves no step.</exception>
    public TileGrid(int pixels, double overlap, int compression)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pixels, compression);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        Pixels = pixels;
        Latents = pixels / compression;
        Step = (int)(Latents * (1 - overlap));
        BlendPixels = (int)(pixels * overlap);
        ArgumentOutOfRangeException.ThrowIfLessThan(Step, 1, nameof(overlap));
    }

    /// <summary>Pixels of a tile.</summary>
    public int Pixels { get; }

    /// <summary>Latents of a tile.</summary>
    public int Latents { get; }

    /// <summary>Latents from the start of a tile to the start of the next.</summary>
    public int Step { get; }

    /// <summary>Pixels over which two tiles fade into each other.</summary>
    public int BlendPixels { get; }

    /// <summary>Pixels of a tile that stay, the rest being under the next one.</summary>
    public int KeptPixels => Pixels - BlendPixels;

    /// <summary>How many tiles so many latents are cut into.</summary>
    internal int Count(int latents) => (latents + Step - 1) / Step;

    /// <summary>Latents of a tile: fewer at the end.</summary>
    internal int SizeAt(int tile, int latents) => Math.Min(Latents, latents - tile * Step);

    /// <summary>Pixels of the picture that the tiles are put together to; more than asked for where the grid doesn't fit.</summary>
    internal int Cover(int latents, int compression) =>
        Enumerable.Range(0, Count(latents)).Sum(tile => Math.Min(KeptPixels, SizeAt(tile, latents) * compression));
}
