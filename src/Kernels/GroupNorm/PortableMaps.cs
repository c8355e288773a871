using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

/// <summary><see cref="SpatialMaps"/> as kernels read them: the same rule, with the quotients of sizes made once.</summary>
internal readonly record struct PortableMaps<T>(
    ArrayView<T> Scale, ArrayView<T> Shift, VideoSize Map, VideoSize Video, float FrameStep, float RowStep, float ColumnStep)
    where T : unmanaged
{
    /// <summary>True where there are none.</summary>
    public bool IsNone => Scale.Length == 0;

    // The first of an odd number of frames stands for itself.
    private bool IsFirstSingle => IsSingle(Video);

    public static PortableMaps<T> Of(ArrayView<T> scale, ArrayView<T> shift, VideoSize map, VideoSize video)
    {
        int single = IsSingle(video) ? 1 : 0;
        return new PortableMaps<T>(
            scale, shift, map, video, (float)(map.Frames - single) / (video.Frames - single), (float)map.Height / video.Height,
            (float)map.Width / video.Width);
    }

    /// <summary><see cref="SpatialMaps.Row"/>.</summary>
    public long Row(int b, int f, int h)
    {
        int frame = !IsFirstSingle ? Nearest(f, Map.Frames, FrameStep) : f == 0 ? 0 : 1 + Nearest(f - 1, Map.Frames - 1, FrameStep);
        return (((long)b * Map.Frames + frame) * Map.Height + Nearest(h, Map.Height, RowStep)) * Map.Width * Map.Channels;
    }

    /// <summary><see cref="SpatialMaps.Column"/>.</summary>
    public long Column(int w) => (long)Nearest(w, Map.Width, ColumnStep) * Map.Channels;

    private static bool IsSingle(VideoSize video) => video.Frames > 1 && video.Frames % 2 == 1;

    private static int Nearest(int index, int source, float step) => XMath.Min(source - 1, (int)(index * step));
}
