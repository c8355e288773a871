using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Where video tokens are, for latents of one size: angles for the attention or vectors to add, whichever the config asks for.
/// </summary>
/// <param name="Rotary">Angles, or none</param>
/// <param name="Added">[V, D], added to the tokens, or none</param>
/// <param name="Frames">F</param>
/// <param name="Height">H</param>
/// <param name="Width">W</param>
internal readonly record struct Positions(RotaryTable Rotary, Tensor Added, int Frames, int Height, int Width)
{
    /// <param name="ops">Where the tables live.</param>
    /// <param name="config">Which of the two kinds.</param>
    /// <param name="latents">[B, F, C, H, W]</param>
    public static Positions For(Ops ops, TransformerConfig config, Shape latents)
    {
        (int frames, int height, int width) = (latents[1], latents[3], latents[4]);
        RotaryTable rotary = config.Rotary ? RotaryTable.For(ops, config, frames, height, width) : default;
        Tensor added = config.Rotary ? default : SinCosPositions.For(ops, config, frames, height, width);
        return new Positions(rotary, added, frames, height, width);
    }

    public bool Fit(Shape latents) => (latents[1], latents[3], latents[4]) == (Frames, Height, Width);
}
