using CogVideoX.Models.Configuration;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Pipelines.Previews;

/// <summary>A decoded video at the size of its latents: the mean of the pixels and frames that each latent stands for.</summary>
internal static class AreaAverage
{
    /// <param name="video">[F, H, W, 3], as the VAE decodes latents: of an odd number of them the first is one frame.</param>
    /// <param name="vae">Says how many pixels and frames a latent is.</param>
    /// <returns>[f, h, w, 3] of the latents</returns>
    public static VideoFrames Of(VideoFrames video, VaeConfig vae)
    {
        int times = vae.TemporalCompression, size = vae.SpatialCompression;
        int alone = video.Count % times == 0 ? times : video.Count % times; // frames of the first latent
        int frames = (video.Count - alone) / times + 1, height = video.Height / size, width = video.Width / size;
        float[] averages = new float[frames * height * width * 3];
        for (int i = 0; i < video.Count; i++)
        {
            int frame = i < alone ? 0 : (i - alone) / times + 1;
            float share = 1f / (size * size * (frame == 0 ? alone : times));
            ReadOnlySpan<float> pixels = video.Frame(i).Span;
            Span<float> average = averages.AsSpan(frame * height * width * 3);
            for (int y = 0; y < video.Height; y++)
            {
                for (int x = 0; x < video.Width * 3; x++)
                    average[(y / size * width + x / 3 / size) * 3 + x % 3] += share * pixels[y * video.Width * 3 + x];
            }
        }
        return new VideoFrames(averages, frames, height, width);
    }
}
