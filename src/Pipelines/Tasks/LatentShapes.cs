using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What sizes of latents and of videos belong together.</summary>
internal static class LatentShapes
{
    /// <summary>[1, F, C, H, W] of the latents of decided settings.</summary>
    public static Shape Of(GenerationSettings settings, ModelFolder folder)
    {
        int compression = folder.Vae.SpatialCompression, frames = folder.Transformer.LatentFrames(settings.Frames.Decided());
        return [1, frames, folder.Vae.LatentChannels, settings.Height.Decided() / compression, settings.Width.Decided() / compression];
    }

    /// <summary>Frames, height and width of the video that latents decode to.</summary>
    /// <param name="latents">[1, F, C, H, W]</param>
    /// <param name="vae">The decoder's config.</param>
    public static (long Frames, long Height, long Width) VideoOf(Shape latents, VaeConfig vae)
    {
        long times = vae.TemporalCompression, pixels = vae.SpatialCompression;
        long frames = latents[1] * times - (latents[1] % 2 == 1 ? times - 1 : 0);
        return (frames, latents[3] * pixels, latents[4] * pixels);
    }

    /// <summary>Whether one array holds all frames of a video.</summary>
    public static bool FitsAnArray((long Frames, long Height, long Width) video) =>
        3.0 * video.Frames * video.Height * video.Width <= Array.MaxLength;

    /// <summary>The video of decided settings.</summary>
    public static VideoShape Video(this GenerationSettings settings) =>
        new(settings.Frames.Decided(), settings.Height.Decided(), settings.Width.Decided(), settings.Rate.Decided());
}
