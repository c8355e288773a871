using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>What sizes of latents and of videos belong together.</summary>
internal static class LatentShapes
{
    /// <summary>
    /// [1, F, C, H, W] of the latents of decided settings as they are sampled: whole patches of frames, the first of which may be dropped
    /// before decoding (<see cref="Padding"/>).
    /// </summary>
    public static Shape Of(GenerationSettings settings, ModelFolder folder)
    {
        int compression = folder.Vae.SpatialCompression;
        int frames = folder.Transformer.LatentFrames(settings.Frames.Decided()) + Padding(settings, folder);
        return [1, frames, folder.Vae.LatentChannels, settings.Height.Decided() / compression, settings.Width.Decided() / compression];
    }

    /// <summary>How many latent frames are sampled in front of the video's, so that patches are whole (CogVideoX 1.5).</summary>
    public static int Padding(GenerationSettings settings, ModelFolder folder)
    {
        int frames = folder.Transformer.LatentFrames(settings.Frames.Decided()), patch = folder.Transformer.PatchFrames;
        return (patch - frames % patch) % patch;
    }

    /// <summary>Frames that the latents of a video of so many frames decode to: as many, for counts that the VAE makes.</summary>
    public static int FramesFrom(int frames, ModelFolder folder)
    {
        int latents = folder.Transformer.LatentFrames(frames);
        return (int)VideoOf([1, latents, 1, 1, 1], folder.Vae).Frames;
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
