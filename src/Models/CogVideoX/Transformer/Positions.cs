using CogVideoX.Models.Configuration;
using CogVideoX.Tensors;

namespace CogVideoX.Models.CogVideoX;

/// <summary>
/// Where video tokens are, for latents of one size: angles for the attention or vectors to add, whichever the config asks for, or both.
/// </summary>
/// <param name="Rotary">Angles, or none</param>
/// <param name="Added">[V, D], added to the video tokens, or [S, D], added to all, or none</param>
/// <param name="Frames">F</param>
/// <param name="Height">H</param>
/// <param name="Width">W</param>
internal readonly record struct Positions(RotaryTable Rotary, Tensor Added, int Frames, int Height, int Width)
{
    /// <param name="ops">Where the tables live.</param>
    /// <param name="config">Which kinds.</param>
    /// <param name="latents">[B, F, C, H, W]</param>
    /// <param name="stored">The checkpoint's own vectors for the size that it was trained at, [S, D], or none</param>
    /// <exception cref="TensorException">A model with stored positions takes no other height and width.</exception>
    public static Positions For(Ops ops, TransformerConfig config, Shape latents, Tensor stored)
    {
        (int frames, int height, int width) = (latents[1], latents[3], latents[4]);
        RotaryTable rotary = config.Rotary ? RotaryTable.For(ops, config, frames, height, width) : default;
        return new Positions(rotary, AddedFor(ops, config, frames, height, width, stored), frames, height, width);
    }

    // What is stored serves its own count of frames only; for another the reference computes what it began training with.
    private static Tensor AddedFor(Ops ops, TransformerConfig config, int frames, int height, int width, Tensor stored)
    {
        if (config.Rotary && !config.LearnedPositions)
            return default;
        if (config.LearnedPositions && (height, width) != (config.SampleHeight, config.SampleWidth))
        {
            throw new TensorException(
                $"Latents of {height}×{width} don't fit this transformer: its positions are stored for "
                + $"{config.SampleHeight}×{config.SampleWidth} alone (use_learned_positional_embeddings).");
        }
        return config.LearnedPositions && frames == config.LatentFrames(config.SampleFrames)
            ? ops.Cast(stored, ops.ActivationType)
            : SinCosPositions.For(ops, config, frames, height, width);
    }

    public bool Fit(Shape latents) => (latents[1], latents[3], latents[4]) == (Frames, Height, Width);
}
