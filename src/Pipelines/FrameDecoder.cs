using CogVideoX.Models.CogVideoX;
using CogVideoX.Pipelines.Media;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Latents to frames: unscaled, decoded, and brought from −1 … 1 to 0 … 1.</summary>
internal sealed class FrameDecoder(LoadedModel model, Ops ops)
{
    /// <param name="latents">[1, F, C, H, W]</param>
    /// <param name="tiled">Whether to decode in tiles.</param>
    /// <param name="progress">Told after each residual block how many of how many are done; may throw to cancel.</param>
    /// <exception cref="GenerationException">Frames that aren't finite.</exception>
    public VideoFrames Decode(Tensor latents, bool tiled, Action<int, int>? progress)
    {
        using MemoryScope scope = ops.Scope();
        Tensor planes = Planes(latents, tiled, progress);
        FiniteCheck.Check(ops, planes, "the decoded frames");
        return ToFrames(planes);
    }

    /// <summary>What of it runs on the device, in a dry run too.</summary>
    /// <returns>[1, F, 3, H, W], about −1 … 1</returns>
    public Tensor Planes(Tensor latents, bool tiled, Action<int, int>? progress)
    {
        CogVideoXVae vae = model.BuildVae(ops);
        Tensor scaled = ops.Scale(latents, (float)(1 / model.Folder.Vae.ScalingFactor));
        (TileGrid rows, TileGrid columns) = DecodeTiles.For(model.Folder.Vae);
        Tensor video = tiled ? vae.DecodeTiled(scaled, rows, columns, progress) : vae.Decode(scaled, progress);   // [1, F, H, W, 3]
        Tensor planes = ops.Permute(video, [0, 1, 4, 2, 3]);
        ops.Memory.Release(video);
        return planes;
    }

    private static VideoFrames ToFrames(Tensor video)
    {
        float[] values = video.ToFloats();
        for (int i = 0; i < values.Length; i++)
            values[i] = Math.Clamp(values[i] * 0.5f + 0.5f, 0, 1);
        return new VideoFrames(values, video.Shape[1], video.Shape[3], video.Shape[4]);
    }
}
