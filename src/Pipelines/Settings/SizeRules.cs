using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines;

/// <summary>Sizes, frame counts and lengths that a model can do, from its configs.</summary>
internal static class SizeRules
{
    /// <summary>The most frames of a video.</summary>
    public const int LargestFrames = 1001;

    private const int LargestSize = 8192, LargestTokens = 4096;

    /// <exception cref="RequestException">
    /// Too large, not a whole number of patches, or another than the one that a model with stored positions takes.
    /// </exception>
    public static void CheckSize(string property, int pixels, ModelFolder folder)
    {
        TransformerConfig transformer = folder.Transformer;
        int own = (property == nameof(GenerationSettings.Width) ? transformer.SampleWidth : transformer.SampleHeight)
            * folder.Vae.SpatialCompression;
        if (transformer.LearnedPositions && pixels != own)
        {
            throw new RequestException(
                property, $"{pixels} pixels can't be made: this model has positions for {own} alone; leave it out, or give {own}.");
        }
        int multiple = folder.Vae.SpatialCompression * folder.Transformer.PatchSize;
        if (pixels is <= 0 or > LargestSize)
        {
            throw new RequestException(
                property, $"{pixels} pixels can't be made; choose a multiple of {multiple} from {multiple} to {LargestSize}.");
        }
        if (pixels % multiple == 0)
            return;
        int below = pixels / multiple * multiple;
        string nearest = below == 0 ? $"{multiple} is" : $"{below} and {below + multiple} are";
        throw new RequestException(property, $"{pixels} isn't a multiple of {multiple}, which this model needs; {nearest}.");
    }

    /// <summary>The size that passes <see cref="CheckSize"/> which is nearest to another.</summary>
    public static PixelSize Nearest(PixelSize size, ModelFolder folder)
    {
        TransformerConfig transformer = folder.Transformer;
        int pixels = folder.Vae.SpatialCompression, multiple = pixels * transformer.PatchSize;
        return transformer.LearnedPositions
            ? new PixelSize(transformer.SampleHeight * pixels, transformer.SampleWidth * pixels)
            : new PixelSize(Side(size.Height), Side(size.Width));

        int Side(int own) => Math.Clamp((own + multiple / 2) / multiple, 1, LargestSize / multiple) * multiple;
    }

    /// <exception cref="RequestException">Too many, or, unless any is taken, a count that the VAE doesn't make.</exception>
    public static void CheckFrames(string property, int frames, ModelFolder folder, bool takesAny)
    {
        FrameRule rule = folder.FrameRule;
        if (frames is <= 0 or > LargestFrames)
        {
            throw new RequestException(
                property,
                $"{frames} frames can't be made; choose {rule} frames, such as {rule.At(1)}, {rule.At(2)} or {rule.At(6)}, "
                + $"at most {rule.Below(LargestFrames)}.");
        }
        if (takesAny || rule.Allows(frames))
            return;
        int below = rule.Below(frames);
        throw new RequestException(
            property, $"{frames} isn't {rule}, which this model needs; {below} and {below + rule.Group} are the nearest.");
    }

    /// <summary>
    /// A model with rotary positions takes any length, since its text has no positions. Others add positions from one table to text and
    /// video, and that is made for one length.
    /// </summary>
    /// <exception cref="RequestException">None, too many, or another count than the only one that the model takes.</exception>
    public static void CheckTokens(string property, int length, ModelFolder folder)
    {
        TransformerConfig transformer = folder.Transformer;
        int own = transformer.MaxTextLength;
        if ((!transformer.Rotary || transformer.LearnedPositions) && length != own)
        {
            throw new RequestException(
                property,
                $"{length} tokens don't fit: this model adds positions from one table to text and video, which is made for {own} tokens; "
                + $"leave it out, or give {own}.");
        }
        if (length is < 1 or > LargestTokens)
            throw new RequestException(property, $"{length} tokens don't fit; this model takes from 1 to {LargestTokens}, best {own}.");
    }
}
