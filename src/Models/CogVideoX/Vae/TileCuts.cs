namespace CogVideoX.Models.CogVideoX;

/// <summary>A <see cref="TileGrid"/> as one direction of the VAE needs it.</summary>
/// <param name="Size">What a tile reads of its input; less at the end.</param>
/// <param name="Step">Of the input, from the start of a tile to the start of the next.</param>
/// <param name="Blended">Of the output, over which two tiles fade into each other.</param>
/// <param name="Kept">Of the output, what stays of a tile; the rest is under the next one.</param>
internal readonly record struct TileCuts(int Size, int Step, int Blended, int Kept)
{
    /// <summary>How many tiles an input of such a size is cut into.</summary>
    public int Count(int input) => (input + Step - 1) / Step;

    /// <summary>What a tile reads.</summary>
    public int SizeAt(int tile, int input) => Math.Min(Size, input - tile * Step);

    /// <summary>What an input of such a size, of whole latents, becomes.</summary>
    public int Output(int input) => (int)((long)input * Kept / Step);
}
