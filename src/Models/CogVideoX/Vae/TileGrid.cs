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
}
