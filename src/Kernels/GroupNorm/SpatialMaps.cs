namespace CogVideoX.Kernels;

/// <summary>
/// Scales and shifts for each pixel of a video, kept at the resolution of the latents that they come from and read there by
/// the nearest neighbour (CogVideoXSpatialNorm3D in diffusers' <c>autoencoder_kl_cogvideox.py</c>). <c>default</c> is none.
/// </summary>
/// <param name="scale">[B, Fz, Hz, Wz, C]</param>
/// <param name="shift">[B, Fz, Hz, Wz, C]</param>
/// <param name="map">Size of both.</param>
internal readonly struct SpatialMaps(Elements scale, Elements shift, VideoSize map)
{
    /// <summary>True where there are no maps.</summary>
    public bool IsNone => Scale.IsNull;

    /// <summary>The size of both.</summary>
    public VideoSize Map { get; } = map;

    /// <summary>The first scale.</summary>
    public Elements Scale { get; } = scale;

    /// <summary>The first shift.</summary>
    public Elements Shift { get; } = shift;

    /// <summary>The offset of the map's row, in numbers, that row <paramref name="h"/> of frame <paramref name="f"/> reads.</summary>
    public long Row(int b, int f, int h, VideoSize video)
    {
        // Of an odd number of frames the first stands for itself: the causal upsampling keeps it single.
        int frame = video.Frames > 1 && video.Frames % 2 == 1
            ? f == 0 ? 0 : 1 + Nearest(f - 1, Map.Frames - 1, video.Frames - 1)
            : Nearest(f, Map.Frames, video.Frames);
        return (((long)b * Map.Frames + frame) * Map.Height + Nearest(h, Map.Height, video.Height)) * Map.Width * Map.Channels;
    }

    /// <summary>The offset in its row that column <paramref name="w"/> reads.</summary>
    public long Column(int w, VideoSize video) => (long)Nearest(w, Map.Width, video.Width) * Map.Channels;

    // In single precision, as torch's F.interpolate computes it.
    private static int Nearest(int index, int source, int target) =>
        Math.Min(source - 1, (int)MathF.Floor(index * ((float)source / target)));
}
